/**
 * One person's part in one call: joins signalling, the publish and the watch connection, and tells a page what to draw.
 *
 * Owns the signalling client and the peer connections, not the camera: the page opens and closes that, for it is asked
 * for before the call and may outlive it. One Call is one stay; joining again means a new Call.
 */

import { FIRST_VIEW, isOver, reduce, type CallEvent, type CallView } from "./call-view";
import type { Clock } from "./clock";
import { MessageHub } from "./message-hub";
import type {
  ClientMessage,
  IceServer,
  ParticipantQuality,
  ServerMessage,
  Welcome,
} from "./messages";
import { Observable } from "./observable";
import { CAMERA, pictureId } from "./pictures";
import { Publishing, type SentMedia } from "./publishing";
import { SignallingClient, type SignallingState } from "./signalling";
import { Succession } from "./succession";
import { WatchConnection } from "./watch";
import type { Socket } from "./wire";

/** A little later than the server's own notice that the sender is away. */
const WATCH_SILENT_MS = 3500;
/** With nobody to be watched only ICE consent checks come, every few seconds. */
const WATCH_IDLE_SILENT_MS = 12_000;

/** Codes after which another offer of the same browser would be refused as well. */
const HOPELESS: ReadonlySet<string> = new Set(["no_common_codec", "bad_sdp", "not_allowed", "too_many_cameras"]);

/** The `id` of messages without which a connection cannot come about; others may fail without harm. */
const SETUP = "setup";

export interface CallEnvironment {
  clock: Clock;
  openSocket(): Socket;
  createPeer(configuration: RTCConfiguration): RTCPeerConnection;
  createStream(): MediaStream;
  videoCapabilities(): readonly RTCRtpCodec[];
  /** What this is, in words for people. */
  device: string;
}

export interface CallOptions {
  environment: CallEnvironment;
  requestTicket(): Promise<string>;
}

export class Call {
  readonly view = new Observable<CallView>(FIRST_VIEW);
  /** What the server says; whoever draws a family of messages listens here. */
  readonly messages = new MessageHub();
  /** Bytes of picture and sound that went to and fro so far. */
  readonly traffic = new Observable(0);
  private readonly signalling: SignallingClient;
  private readonly camera: Publishing;
  /** Cameras beside the first one, by source. */
  private readonly further = new Map<string, Publishing>();
  private readonly watcher: Succession<WatchConnection>;
  private iceServers: RTCIceServer[] = [];
  private count = 0;
  /** This WebSocket, as the server numbers them; null before the first `welcome`. */
  private window: number | null = null;
  /** Names that the server knows on this WebSocket. */
  private readonly known = new Set<string>();
  private online = true;

  constructor(private readonly options: CallOptions) {
    const { clock } = options.environment;
    this.signalling = new SignallingClient({
      clock,
      device: options.environment.device,
      requestTicket: () => options.requestTicket(),
      openSocket: () => options.environment.openSocket(),
      onState: (state) => this.signallingChanged(state),
      onWelcome: (welcome) => this.welcomed(welcome),
      onMessage: (message) => this.messages.tell(message),
    });
    this.camera = this.publishing(CAMERA, () => this.publishingChanged());
    this.watcher = new Succession<WatchConnection>({
      clock,
      sendClose: (name) => this.sendClose(name),
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
    this.listen();
  }

  start(): void {
    this.signalling.start();
  }

  /** Sends this camera and microphone from now on; null: only watch. */
  setMedia(media: SentMedia | null): void {
    this.camera.use(media);
  }

  /**
   * Sends one more camera beside the first one.
   *
   * Args:
   *     source: its name within the participant, which the archive keeps.
   *     onRefused: told the code when the server will not take it.
   */
  addCamera(source: string, media: SentMedia, onRefused: (code: string) => void): void {
    if (isOver(this.view.value.phase) || this.further.has(source)) return;
    const publishing = this.publishing(source, () => {
      if (publishing.problem !== null) onRefused(publishing.problem);
    });
    this.further.set(source, publishing);
    publishing.use(media);
    if (this.window !== null && this.view.value.signalling === "open") publishing.welcomed(this.window);
  }

  /** Sends that camera no more; its devices stay the caller's. */
  removeCamera(source: string): void {
    this.further.get(source)?.withdraw();
    this.further.delete(source);
  }

  /** Void while there is no WebSocket: after `welcome` the server tells how things stand. */
  send(message: ClientMessage): void {
    this.signalling.send(message);
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
    for (const one of this.sending) one.setOnline(online);
    this.watcher.setOnline(online);
    if (online) this.signalling.probe();
  }

  /** The page was shown again, or the network changed: look at once whether everything still works. */
  check(): void {
    if (this.online) this.signalling.probe();
  }

  private get sending(): Publishing[] {
    return [this.camera, ...this.further.values()];
  }

  private publishing(source: string, onChange: () => void): Publishing {
    const { environment } = this.options;
    return new Publishing({
      clock: environment.clock,
      source,
      setupId: SETUP,
      send: (message) => this.send(message),
      sendClose: (name) => this.sendClose(name),
      onKept: (name) => this.known.add(name),
      peerOptions: () => this.peerOptions("p"),
      videoCapabilities: () => environment.videoCapabilities(),
      onQuiet: () => this.signalling.suspect(),
      onChange,
    });
  }

  private sendClose(name: string): void {
    if (this.known.delete(name)) this.send({ type: "close", connection: name });
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
      onTraffic: (bytes: number) => this.traffic.set(this.traffic.value + bytes),
    };
  }

  private expectsMedia(): boolean {
    const { participants, participantId } = this.view.value;
    return participants.some((one) => one.participant_id !== participantId && one.presence === "live");
  }

  private signallingChanged(state: SignallingState): void {
    if (state.name === "connecting") {
      this.known.clear();
      for (const one of this.sending) one.suspend();
      this.watcher.suspend();
    }
    this.apply({ type: "signalling", state });
    if (state.name === "over") {
      for (const one of this.sending) one.close();
      this.watcher.close();
    }
  }

  private welcomed(welcome: Welcome): void {
    // A guest at the door is not heard; connections begin with the next welcome, after which parts of the page reload.
    if (welcome.admitted) this.connect(welcome);
    this.apply({ type: "welcome", welcome });
    if (welcome.admitted) this.messages.tell(welcome);
  }

  private connect(welcome: Welcome): void {
    this.iceServers = welcome.ice_servers.map(asRtcIceServer);
    this.window = welcome.window;
    for (const one of this.sending) one.welcomed(welcome.window);
    this.watcher.renew();
  }

  private listen(): void {
    const { messages } = this;
    const draw = (message: ServerMessage): void => this.apply({ type: "message", message });
    messages.on("publish_answer", ({ connection, sdp }) => this.sending.forEach((one) => one.answered(connection, sdp)));
    messages.on("picture", (picture) => this.sending.forEach((one) => one.adapt(picture)));
    messages.on("offer", (offer) => this.watcher.find(offer.connection)?.offered(offer));
    messages.on("connection_lost", ({ connection }) => this.connectionLost(connection));
    messages.on("quality", ({ participants }) => this.setPlayoutDelays(participants));
    messages.on("quality", draw);
    messages.on("participants", draw);
    messages.on("footage", draw);
    messages.on("error", (error) => {
      if (error.in_reply_to === SETUP) this.setupRefused(error.code, error.connection ?? "");
      // A candidate that is not taken says nothing new: it must not hide why its connection was refused.
      else if (error.connection) return;
      draw(error);
    });
  }

  private connectionLost(name: string): void {
    this.known.delete(name);
    for (const one of this.sending) one.lost(name);
    this.watcher.lost(name);
  }

  private setPlayoutDelays(participants: readonly ParticipantQuality[]): void {
    const delaysMs = new Map(
      participants.map((one) => [pictureId(one.participant_id, one.source), one.playout_delay_ms]),
    );
    for (const one of this.watcher.active) one.setPlayoutDelays(delaysMs);
  }

  private setupRefused(code: string, connection: string): void {
    const fault = HOPELESS.has(code) ? { retry: false as const, code } : { retry: true as const };
    for (const one of this.sending) one.lost(connection, fault);
    this.watcher.lost(connection, fault);
  }

  private publishingChanged(): void {
    this.apply({ type: "publishing", state: this.camera.state, problem: this.camera.problem });
  }

  private streamsChanged(): void {
    const streams = new Map(this.watcher.foremost?.streams);
    this.apply({ type: "streams", streams });
  }

  private apply(event: CallEvent): void {
    this.view.set(reduce(this.view.value, event, this.options.environment.clock.wallNow()));
  }
}

function asRtcIceServer({ urls, username, credential }: IceServer): RTCIceServer {
  return username === undefined || username === "" ? { urls } : { urls, username, credential: credential ?? "" };
}
