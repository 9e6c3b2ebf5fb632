/**
 * Sends one camera, with or without a microphone, for as long as the call lasts: tells the room how it is, publishes it,
 * and publishes it anew whenever its connection or the WebSocket was lost, or its media's clocks stood still: behind
 * that its sound would be dated too early until the next report.
 *
 * Owns the publish connections of this source, not its devices.
 */

import type { Clock } from "./clock";
import type { SendingProfile } from "./devices";
import type { ClientMessage, MediaCondition, Picture } from "./messages";
import type { Unsubscribe } from "./observable";
import type { PeerOptions } from "./peer";
import { PublishConnection, type PublishedTracks } from "./publish";
import { onStandstill } from "./standstill";
import { Succession, type ConnectionEvents, type ConnectionFault, type SuccessionState } from "./succession";

/** The devices behind what is sent. */
export interface SentDevices {
  camera: MediaCondition;
  microphone: MediaCondition;
  videoTrack: MediaStreamTrack | null;
  audioTrack: MediaStreamTrack | null;
  /** A device is being opened or changed. */
  busy: boolean;
}

export interface SentMedia {
  readonly profile: SendingProfile;
  readonly state: { readonly value: SentDevices; subscribe(listener: (state: SentDevices) => void): Unsubscribe };
}

export interface PublishingOptions {
  clock: Clock;
  /** Which of the participant's cameras. */
  source: string;
  /** The `id` of messages without which the connection cannot come about. */
  setupId: string;
  send(message: ClientMessage): void;
  sendClose(name: string): void;
  /** The server knows this name from now on. */
  onKept(name: string): void;
  /** A new connection's name and surroundings. */
  peerOptions(): Omit<PeerOptions, "events">;
  videoCapabilities(): readonly RTCRtpCodec[];
  onQuiet(): void;
  onChange(): void;
}

/** Nothing comes back from the server: the protocol calls that away. */
const SILENT_MS = 2500;

export class Publishing {
  private readonly succession: Succession<PublishConnection>;
  private media: SentMedia | null = null;
  private stopMedia: Unsubscribe | null = null;
  private readonly stopWatching: () => void;
  private told = "";
  private soundWasAway = false;
  /** This WebSocket, as the server numbers them; null before `welcome`. */
  private window: number | null = null;

  constructor(private readonly options: PublishingOptions) {
    this.succession = new Succession<PublishConnection>({
      clock: options.clock,
      sendClose: (name) => options.sendClose(name),
      sendKeep: ({ name, window }) => {
        options.onKept(name);
        options.send({ type: "keep", connection: name, window });
      },
      create: (events) => this.connection(events),
      silenceLimitMs: () => SILENT_MS,
      onQuiet: () => options.onQuiet(),
      onChange: () => options.onChange(),
    });
    this.stopWatching = onStandstill(options.clock, () => this.succession.current && this.succession.replace());
  }

  get state(): SuccessionState {
    return this.succession.state;
  }

  /** Why it cannot be sent at all, as a code, or null. */
  get problem(): string | null {
    return this.succession.impossibleBecause;
  }

  /** Sends this from now on; null: nothing more is told of it. */
  use(media: SentMedia | null): void {
    this.stopMedia?.();
    this.media = media;
    this.told = "";
    this.stopMedia = media === null ? null : media.state.subscribe((state) => this.changed(state));
    if (media !== null) this.changed(media.state.value);
  }

  /** The server let the page in, for the first time or again, through this WebSocket. */
  welcomed(window: number): void {
    this.window = window;
    this.told = "";
    if (this.media === null) return;
    this.tell(this.media.state.value);
    this.publishIfPossible();
  }

  /** The WebSocket is gone. */
  suspend(): void {
    this.succession.suspend();
  }

  setOnline(online: boolean): void {
    this.succession.setOnline(online);
  }

  answered(connection: string, sdp: string): void {
    void this.succession.find(connection)?.answered(sdp);
  }

  adapt(picture: Picture): void {
    this.succession.find(picture.connection)?.adapt(picture);
  }

  lost(connection: string, fault?: ConnectionFault): void {
    this.succession.lost(connection, fault);
  }

  /** The person sends this camera no more, though the call goes on. */
  withdraw(): void {
    this.options.send({ type: "media_state", source: this.options.source, camera: "off", microphone: "off" });
    const names = this.succession.active.map((one) => one.name);
    this.close();
    for (const name of names) this.options.sendClose(name);
  }

  /** The call is over. */
  close(): void {
    this.stopWatching();
    this.use(null);
    this.succession.close();
  }

  private connection(events: ConnectionEvents): PublishConnection {
    const { options, media, window } = this;
    if (media === null || window === null) throw new Error("nothing to publish");
    return new PublishConnection({
      ...options.peerOptions(),
      events,
      window,
      profile: media.profile,
      tracks: this.tracks(),
      videoCapabilities: () => options.videoCapabilities(),
      sendOffer: (connection, sdp) =>
        options.send({ type: "publish", id: options.setupId, connection, sdp, source: options.source }),
    });
  }

  private tracks(): PublishedTracks {
    const state = this.media?.state.value;
    return { video: state?.videoTrack ?? null, audio: state?.audioTrack ?? null };
  }

  private changed(state: SentDevices): void {
    // While a device is changed its track is missing for a moment; nobody needs to know.
    if (state.busy || this.window === null) return;
    this.tell(state);
    if (this.succession.state === "idle") {
      this.publishIfPossible();
      return;
    }
    const tracks = this.tracks();
    const fits = this.succession.active.map((one) => one.setTracks(tracks));
    if (fits.includes(false) || this.soundIsBack(state.microphone)) this.succession.replace();
  }

  /** The system took the microphone away, and has given it back. */
  private soundIsBack(microphone: MediaCondition): boolean {
    const wasAway = this.soundWasAway;
    this.soundWasAway = microphone === "taken" || microphone === "background";
    return wasAway && !this.soundWasAway;
  }

  private publishIfPossible(): void {
    const { video, audio } = this.tracks();
    if (video !== null || audio !== null) this.succession.renew();
  }

  private tell({ camera, microphone }: SentDevices): void {
    const text = `${camera} ${microphone}`;
    if (text === this.told) return;
    this.told = text;
    this.options.send({ type: "media_state", source: this.options.source, camera, microphone });
  }
}
