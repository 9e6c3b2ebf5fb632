/** One peer connection that sends the own camera and microphone; the browser offers, the server answers. */

import { archivedCodecs } from "./codecs";
import type { SendingProfile } from "./devices";
import type { Picture } from "./messages";
import { Peer, type PeerOptions } from "./peer";
import { PictureSender } from "./picture-sender";
import type { Connection } from "./succession";

/** A track of each kind, or null where there is none. */
export interface PublishedTracks {
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
}

export interface PublishOptions extends PeerOptions {
  /** The WebSocket through which it is opened, as the server numbers them. */
  window: number;
  profile: SendingProfile;
  tracks: PublishedTracks;
  videoCapabilities(): readonly RTCRtpCodec[];
  sendOffer(name: string, sdp: string): void;
}

export class PublishConnection implements Connection {
  readonly name: string;
  readonly window: number;
  private readonly peer: Peer;
  private readonly senders = new Map<"video" | "audio", RTCRtpSender>();
  private picture: PictureSender | null = null;

  constructor(private readonly options: PublishOptions) {
    this.name = options.name;
    this.window = options.window;
    this.peer = new Peer(options);
  }

  open(): void {
    this.offer().catch(() => this.peer.fault({ retry: true }));
  }

  async answered(sdp: string): Promise<void> {
    if (this.peer.isClosed || this.peer.pc.signalingState !== "have-local-offer") return;
    try {
      await this.peer.pc.setRemoteDescription({ type: "answer", sdp });
      // Anew: older browsers have nothing to set before they are answered.
      this.picture = this.wholePicture();
    } catch {
      this.peer.fault({ retry: true });
    }
  }

  /** The server says what the network carries of the picture. */
  adapt(picture: Picture): void {
    this.picture?.apply(picture);
  }

  /**
   * Sends other tracks from now on.
   *
   * Returns:
   *     false if one of them needs a new connection: there is no place for its kind, or it is other sound than before,
   *     for the clock of sound stands still while a microphone is changed. The others are sent all the same.
   */
  setTracks(tracks: PublishedTracks): boolean {
    let fits = true;
    for (const kind of ["video", "audio"] as const) {
      const [sender, track] = [this.senders.get(kind), tracks[kind]];
      if (sender?.track === track || (sender === undefined && track === null)) continue;
      if (sender === undefined || (kind === "audio" && track !== null)) {
        fits = false;
        continue;
      }
      sender.replaceTrack(track).then(
        () => this.picture?.trackChanged(),
        () => this.peer.fault({ retry: true }),
      );
    }
    return fits;
  }

  signsOfLife(): Promise<number> {
    return this.peer.signsOfLife();
  }

  close(): void {
    this.picture?.close();
    this.peer.close();
  }

  private async offer(): Promise<void> {
    const { pc } = this.peer;
    const { video, audio } = this.options.tracks;
    this.peer.expectConnected();
    if (audio !== null) this.add("audio", audio);
    if (video !== null) this.preferArchived(this.add("video", video));
    // Set after the answer it would come too late for the first picture, which browsers make smaller by themselves.
    await this.wholePicture().settled();
    await pc.setLocalDescription(await pc.createOffer());
    const sdp = await this.peer.gathered();
    if (this.peer.isClosed) return;
    this.options.sendOffer(this.name, sdp);
    this.peer.descriptionSent(sdp);
  }

  private wholePicture(): PictureSender {
    const picture = new PictureSender({
      clock: this.options.clock,
      profile: this.options.profile,
      video: this.senders.get("video") ?? null,
      audio: this.senders.get("audio") ?? null,
    });
    picture.apply(null);
    return picture;
  }

  private add(kind: "video" | "audio", track: MediaStreamTrack): RTCRtpTransceiver {
    const transceiver = this.peer.pc.addTransceiver(track, { direction: "sendonly" });
    this.senders.set(kind, transceiver.sender);
    return transceiver;
  }

  private preferArchived(transceiver: RTCRtpTransceiver): void {
    const codecs = archivedCodecs(this.options.videoCapabilities());
    // With nothing to prefer the offer goes out as it is, and the server says which codecs are missing.
    if (codecs.length === 0 || typeof transceiver.setCodecPreferences !== "function") return;
    transceiver.setCodecPreferences(codecs);
  }
}
