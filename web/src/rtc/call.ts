/**
 * One person's part in one call: joins signalling, the publish and the watch connection, and tells a page what to draw.
 *
 * Owns the signalling client and the peer connections, not the camera: the page opens and closes that, for it is asked
 * for before the call and may outlive it. One Call is one stay; joining again means a new Call.
 */

import { FIRST_VIEW, isOver, reduce, type CallEvent, type CallView } from "./call-view";
import type { Clock } from "./clock";
import type { LocalMedia, LocalMediaState } from "./local-media";
import type {
  ClientMessage,
  IceServer,
  ParticipantQuality,
  PicturePreference,
  ServerMessage,
  Welcome,
} from "./messages";
import { Observable, type Unsubscribe } from "./observable";
import { PublishConnection } from "./publish";
import { SignallingClient, type SignallingState, type Socket } from "./signalling";
import { Succession } from "./succession";
import { WatchConnection } from "./watch";

/** Nothing comes back from the server: the protocol calls that away. */
const PUBLISH_SILENT_MS = 2500;
/** A little later than the server's own notice that the sender is away. */
const WATCH_SILENT_MS = 3500;
/** With nobody to be watched only ICE consent checks come, every few seconds. */
const WATCH_IDLE_SILENT_MS = 12_000;

/** Codes after which another offer of the same browser would be refused as well. */
const HOPELESS: ReadonlySet<string> = new Set(["no_common_codec", "bad_sdp", "not_allowed"]);

/** The `id` of messages without which a connection cannot come about; others may fail without harm. */
const SETUP = "setup";

export interface CallEnvironment {
  clock: Clock;
  openSocket(): Socket;
  createPeer(configuration: RTCConfiguration): RTCPeerConnection;
  createStream(): MediaStream;
  videoCapabilities(): readonly RTCRtpCodec[];
}

export interface CallOptions {
  environment: CallEnvironment;
  requestTicket(): Promise<string>;
}

export class Call {
  readonly view = new Observable<CallView>(FIRST_VIEW);
  private readonly signalling: SignallingClient;
  private readonly publisher: Succession<PublishConnection>;
  private readonly watcher: Succession<WatchConnection>;
  private iceServers: RTCIceServer[] = [];
  private count = 0;
  /** This WebSocket, as the server numbers them. */
  private window = 0;
  /** Names that the server knows on this WebSocket. */
  private readonly known = new Set<string>();
  private media: LocalMedia | null = null;
  private stopMedia: Unsubscribe | null = null;
  private toldState = "";
  private online = true;

  constructor(private readonly options: CallOptions) {
    const { clock } = options.environment;
    this.signalling = new SignallingClient({
      clock,
      requestTicket: () => options.requestTicket(),
      openSocket: () => options.environment.openSocket(),
      onState: (state) => this.signallingChanged(state),
      onWelcome: (welcome) => this.welcomed(welcome),
      onMessage: (message) => this.received(message),
    });
    const sendClose = (name: string): void => {
      if (this.known.delete(name)) this.send({ type: "close", connection: name });
    };
    this.publisher = new Succession<PublishConnection>({
      clock,
      sendClose,
      sendKeep: ({ name, window }) => {
        this.known.add(name);
        this.send({ type: "keep", connection: name, window });
      },
      create: (events) =>
        new PublishConnection({
          ...this.peerOptions("p"),
          events,
          window: this.window,
          profile: this.requiredMedia().profile,
          tracks: this.tracks(),
          videoCapabilities: () => options.environment.videoCapabilities(),
          sendOffer: (connection, sdp) => this.send({ type: "publish", id: SETUP, connection, sdp }),
        }),
      silenceLimitMs: () => PUBLISH_SILENT_MS,
      onQuiet: () => this.signalling.suspect(),
      onChange: () => this.publishingChanged(),
    });
    this.watcher = new Succession<WatchConnection>({
      clock,
      sendClose,
      create: (events) =>
        new WatchConnection({
          ...this.peerOptions("w"),
          events,
          createStream: () => options.environment.createStream(),
          sendWatch: (connection) => this.send({ type: "watch", id: SETUP, connection }),
          sendAnswer: (connection, revision, sdp) =>
            this.send({ type: "answer", id: SETUP, connection, revision, sdp }),
          onStreams: () => this.streamsChanged(),
        }),
      // Without media to watch quiet is nothing unusual; the own picture tells sooner anyway.
      onQuiet: () => (this.expectsMedia() ? this.signalling.suspect() : undefined),
      silenceLimitMs: () => (this.expectsMedia() ? WATCH_SILENT_MS : WATCH_IDLE_SILENT_MS),
      onChange: () => {
        this.apply({ type: "watching", state: this.watcher.state });
        this.streamsChanged();
      },
    });
  }

  start(): void {
    this.signalling.start();
  }

  /** Sends this camera and microphone from now on; null: only watch. */
  setMedia(media: LocalMedia | null): void {
    this.stopMedia?.();
    this.media = media;
    this.toldState = "";
    this.stopMedia = media === null ? null : media.state.subscribe((state) => this.mediaChanged(state));
    if (media !== null) this.mediaChanged(media.state.value);
  }

  /** The inspector says what is to be given up last of somebody's picture; the server refuses it from others. */
  preferPicture(participantId: string, preference: PicturePreference): void {
    this.send({ type: "prefer_picture", participant_id: participantId, preference });
  }

  /** Goes on purpose; the participant is out at once. */
  leave(): void {
    this.signalling.leave();
  }

  /** Ends without a word, as when the page goes: the participant may come back. */
  stop(): void {
    this.signalling.stop();
  }

  setOnline(online: boolean): void {
    this.online = online;
    this.publisher.setOnline(online);
    this.watcher.setOnline(online);
    if (online) this.signalling.probe();
  }

  /** The page was shown again, or the network changed: look at once whether everything still works. */
  check(): void {
    if (this.online) this.signalling.probe();
  }

  private requiredMedia(): LocalMedia {
    if (this.media === null) throw new Error("nothing to publish");
    return this.media;
  }

  private tracks(): { video: MediaStreamTrack | null; audio: MediaStreamTrack | null } {
    const state = this.media?.state.value;
    return { video: state?.videoTrack ?? null, audio: state?.audioTrack ?? null };
  }

  private peerOptions(prefix: string) {
    const { environment } = this.options;
    const name = `${prefix}${(this.count += 1)}`;
    this.known.add(name);
    return {
      name,
      clock: environment.clock,
      createPeer: () => environment.createPeer({ iceServers: this.iceServers, bundlePolicy: "max-bundle" }),
      sendCandidate: (candidate: string) => this.send({ type: "candidate", connection: name, candidate }),
    };
  }

  private expectsMedia(): boolean {
    const { participants, participantId } = this.view.value;
    return participants.some((one) => one.participant_id !== participantId && one.presence === "live");
  }

  private signallingChanged(state: SignallingState): void {
    if (state.name === "connecting") {
      this.known.clear();
      this.publisher.suspend();
      this.watcher.suspend();
    }
    this.apply({ type: "signalling", state });
    if (state.name === "over") {
      this.setMedia(null);
      this.publisher.close();
      this.watcher.close();
    }
  }

  private welcomed(welcome: Welcome): void {
    this.iceServers = welcome.ice_servers.map(asRtcIceServer);
    this.window = welcome.window;
    this.toldState = "";
    if (this.media !== null) {
      this.tellMediaState(this.media.state.value);
      this.publishIfPossible();
    }
    this.watcher.renew();
    this.apply({ type: "welcome", welcome });
  }

  private received(message: ServerMessage): void {
    switch (message.type) {
      case "publish_answer":
        void this.publisher.find(message.connection)?.answered(message.sdp);
        return;
      case "picture":
        this.publisher.find(message.connection)?.adapt(message);
        return;
      case "offer":
        this.watcher.find(message.connection)?.offered(message);
        return;
      case "quality":
        this.setPlayoutDelays(message.participants);
        break;
      case "connection_lost":
        this.known.delete(message.connection);
        this.publisher.lost(message.connection);
        this.watcher.lost(message.connection);
        return;
      case "error":
        if (message.in_reply_to === SETUP) this.setupRefused(message.code, message.connection ?? "");
        // A candidate that is not taken says nothing new: it must not hide why its connection was refused.
        else if (message.connection) return;
        break;
    }
    this.apply({ type: "message", message });
  }

  private setPlayoutDelays(participants: readonly ParticipantQuality[]): void {
    const delaysMs = new Map(participants.map((one) => [one.participant_id, one.playout_delay_ms]));
    for (const one of this.watcher.active) one.setPlayoutDelays(delaysMs);
  }

  private setupRefused(code: string, connection: string): void {
    const fault = HOPELESS.has(code) ? { retry: false as const, code } : { retry: true as const };
    this.publisher.lost(connection, fault);
    this.watcher.lost(connection, fault);
  }

  private mediaChanged(state: LocalMediaState): void {
    // While a device is changed its track is missing for a moment; nobody needs to know.
    if (state.busy || this.view.value.participantId === null || isOver(this.view.value.phase)) return;
    this.tellMediaState(state);
    if (this.publisher.state === "idle") {
      this.publishIfPossible();
      return;
    }
    const tracks = this.tracks();
    const fits = this.publisher.active.map((one) => one.setTracks(tracks));
    if (fits.includes(false)) this.publisher.replace();
  }

  private publishIfPossible(): void {
    const { video, audio } = this.tracks();
    if (video !== null || audio !== null) this.publisher.renew();
  }

  private tellMediaState({ camera, microphone }: LocalMediaState): void {
    const text = `${camera} ${microphone}`;
    if (text === this.toldState) return;
    this.toldState = text;
    this.send({ type: "media_state", camera, microphone });
  }

  private publishingChanged(): void {
    this.apply({ type: "publishing", state: this.publisher.state, problem: this.publisher.impossibleBecause });
  }

  private streamsChanged(): void {
    const streams = new Map(this.watcher.foremost?.streams);
    this.apply({ type: "streams", streams });
  }

  private send(message: ClientMessage): void {
    this.signalling.send(message);
  }

  private apply(event: CallEvent): void {
    this.view.set(reduce(this.view.value, event, this.options.environment.clock.wallNow()));
  }
}

function asRtcIceServer({ urls, username, credential }: IceServer): RTCIceServer {
  return username === undefined || username === "" ? { urls } : { urls, username, credential: credential ?? "" };
}
