/** One peer connection that receives the others; the server offers, again at each change, the browser answers. */

import type { Offer, WatchedTrack } from "./messages";
import { Peer, type PeerOptions } from "./peer";
import { pictureId } from "./pictures";
import type { Connection } from "./succession";

export interface WatchOptions extends PeerOptions {
  sendWatch(name: string): void;
  sendAnswer(name: string, revision: number, sdp: string): void;
  createStream(): MediaStream;
  onStreams(): void;
}

export class WatchConnection implements Connection {
  readonly name: string;
  /** What is received, by picture. The stream of a camera stays the same object while its tracks change. */
  readonly streams = new Map<string, MediaStream>();
  private readonly peer: Peer;
  private newest: Offer | null = null;
  private delaysMs: ReadonlyMap<string, number> = new Map();
  private answering = false;
  private answeredOnce = false;

  constructor(private readonly options: WatchOptions) {
    this.name = options.name;
    this.peer = new Peer(options);
  }

  open(): void {
    this.options.sendWatch(this.name);
  }

  /** Offers are answered one after the other; one that was overtaken by a newer is skipped. */
  offered(offer: Offer): void {
    if (this.newest !== null && offer.revision <= this.newest.revision) return;
    this.newest = offer;
    if (this.answering) return;
    this.answering = true;
    this.answerNewest()
      .catch(() => this.peer.fault({ retry: true }))
      .finally(() => {
        this.answering = false;
      });
  }

  /**
   * Lets the picture and sound of each camera lag behind by so many milliseconds, that what the network lost and the
   * server got again comes in time. Browsers that cannot do so decide by themselves.
   */
  setPlayoutDelays(delaysMs: ReadonlyMap<string, number>): void {
    this.delaysMs = delaysMs;
    const receivers = new Map(this.peer.pc.getTransceivers().map((one) => [one.mid, one.receiver]));
    for (const { mid, participant_id, source } of this.newest?.tracks ?? []) {
      const receiver = receivers.get(mid);
      if (receiver === undefined || !("jitterBufferTarget" in receiver)) continue;
      const delayMs = delaysMs.get(pictureId(participant_id, source)) ?? 0;
      receiver.jitterBufferTarget = delayMs > 0 ? delayMs : null;
    }
  }

  signsOfLife(): Promise<number> {
    return this.peer.signsOfLife();
  }

  close(): void {
    this.peer.close();
    this.streams.clear();
  }

  private async answerNewest(): Promise<void> {
    for (let done: Offer | null = null; this.newest !== null && this.newest !== done; ) {
      done = this.newest;
      await this.answer(done);
      if (this.peer.isClosed) return;
    }
  }

  private async answer(offer: Offer): Promise<void> {
    const { pc } = this.peer;
    // Without an m-section there is nothing to connect, so the time-out starts with the first real offer.
    if (!this.answeredOnce && offer.tracks.length > 0) this.peer.expectConnected();
    this.answeredOnce ||= offer.tracks.length > 0;
    await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    this.sort(offer.tracks);
    await pc.setLocalDescription(await pc.createAnswer());
    const sdp = await this.peer.gathered();
    if (this.peer.isClosed) return;
    this.options.sendAnswer(this.name, offer.revision, sdp);
    this.peer.descriptionSent(sdp);
  }

  /** Puts each received track into the stream of its camera. */
  private sort(watched: readonly WatchedTrack[]): void {
    const byMid = new Map(this.peer.pc.getTransceivers().map((one) => [one.mid, one.receiver.track]));
    const wanted = new Map<string, Set<MediaStreamTrack>>();
    for (const { mid, participant_id, source } of watched) {
      const track = byMid.get(mid);
      if (track === undefined) continue;
      const id = pictureId(participant_id, source);
      const tracks = wanted.get(id) ?? new Set();
      wanted.set(id, tracks.add(track));
    }
    for (const id of [...this.streams.keys()]) if (!wanted.has(id)) this.streams.delete(id);
    for (const [id, tracks] of wanted) {
      const stream = this.streams.get(id) ?? this.options.createStream();
      for (const track of stream.getTracks()) if (!tracks.has(track)) stream.removeTrack(track);
      for (const track of tracks) stream.addTrack(track);
      this.streams.set(id, stream);
    }
    this.setPlayoutDelays(this.delaysMs);
    this.options.onStreams();
  }
}
