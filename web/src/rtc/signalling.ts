/**
 * The page's end of the signalling WebSocket: enters with a ticket, keeps it alive, comes back by itself.
 *
 * One attempt: ask for a ticket (HTTP), open the WebSocket, say `hello`, wait for `welcome`. A lost or silent WebSocket
 * starts a new attempt after the protocol's back-off; refusals that trying again cannot mend end it for good.
 */

import { BackOff } from "./back-off";
import { every, type Clock } from "./clock";
import { PROTOCOL_VERSION, type ClientMessage, type ServerMessage, type Welcome } from "./messages";

const PING_EVERY_MS = 2000;
const DEAD_AFTER_MS = 6000;
/** After a hint that the network changed an answer is expected sooner. */
const PROBE_ANSWER_MS = 1500;
/** DNS, TCP, TLS and the answer to `hello` on a weak mobile link. */
const WELCOME_WITHIN_MS = 10_000;
/** So many WebSockets in a row that never opened although the ticket was given: something refuses WebSockets. */
const REFUSED_AFTER = 3;

const CLOSE_REPLACED = 4000;
const CLOSE_ENDED = 4001;
const CLOSE_NORMAL = 1000;

/** Codes for which the same request will be refused again. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  "bad_request",
  "consent_missing",
  "csrf_rejected",
  "inspection_ended",
  "invitation_expired",
  "invitation_invalid",
  "invitation_revoked",
  "not_allowed",
  "not_found",
  "not_signed_in",
  "room_full",
  "version_unsupported",
]);

export type SignallingState =
  | { name: "connecting"; attempt: number; socketRefused: boolean }
  | { name: "open" }
  | { name: "over"; why: "replaced" | "ended" | "left" | "refused"; code: string };

/** The part of a WebSocket that is used here. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
}

export interface SignallingOptions {
  clock: Clock;
  /** Resolves to a one-time ticket; rejects with an error whose `code` says why (`network` or none: try again). */
  requestTicket(): Promise<string>;
  openSocket(): Socket;
  onState(state: SignallingState): void;
  onWelcome(welcome: Welcome): void;
  onMessage(message: ServerMessage): void;
}

export class SignallingClient {
  private readonly backOff = new BackOff();
  private socket: Socket | null = null;
  private state: SignallingState = { name: "connecting", attempt: 0, socketRefused: false };
  private attempt = 0;
  private neverOpened = 0;
  private refusalCode: string | null = null;
  private heardAtMs = 0;
  private cancelWait: (() => void) | null = null;
  private stopPing: (() => void) | null = null;

  constructor(private readonly options: SignallingOptions) {}

  start(): void {
    void this.connect();
  }

  /** Sends if the WebSocket is open; otherwise the message is void, for `welcome` starts everything anew. */
  send(message: ClientMessage): void {
    if (this.state.name === "open") this.transmit(message);
  }

  /** The network may have changed: find out soon whether the WebSocket still works. */
  probe(): void {
    if (this.state.name === "over") return;
    if (this.state.name === "connecting") {
      if (this.socket !== null || this.cancelWait === null) return;
      this.backOff.reset();
      void this.connect();
      return;
    }
    const askedAtMs = this.options.clock.now();
    const asked = this.socket;
    this.transmit({ type: "ping" });
    this.options.clock.after(PROBE_ANSWER_MS, () => {
      if (asked === this.socket && this.heardAtMs <= askedAtMs) this.lost();
    });
  }

  leave(): void {
    this.send({ type: "leave" });
    this.finish("left", "");
  }

  /** Ends without a word: the participant stays in the room as `away`. */
  stop(): void {
    this.finish("left", "");
  }

  private async connect(): Promise<void> {
    this.cancelWait?.();
    this.cancelWait = null;
    const attempt = (this.attempt += 1);
    this.change({ name: "connecting", attempt, socketRefused: this.neverOpened >= REFUSED_AFTER });
    let ticket: string;
    try {
      ticket = await this.options.requestTicket();
    } catch (error) {
      if (attempt !== this.attempt || this.isOver) return;
      this.refused(codeOf(error));
      return;
    }
    if (attempt !== this.attempt || this.isOver) return;
    this.open(ticket);
  }

  private open(ticket: string): void {
    const socket = this.options.openSocket();
    let opened = false;
    this.socket = socket;
    this.refusalCode = null;
    this.cancelWait = this.options.clock.after(WELCOME_WITHIN_MS, () => this.lost());
    socket.onopen = () => {
      opened = true;
      this.neverOpened = 0;
      this.transmit({ type: "hello", version: PROTOCOL_VERSION, ticket });
    };
    socket.onmessage = (event) => {
      this.heardAtMs = this.options.clock.now();
      const message = parsed(event.data);
      if (message !== null) this.received(message);
    };
    socket.onclose = (event) => {
      if (!opened) this.neverOpened += 1;
      this.closed(event.code);
    };
  }

  private received(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.welcomed(message);
        return;
      case "replaced":
        this.finish("replaced", "");
        return;
      case "ended":
        this.finish("ended", "");
        return;
      case "error":
        // About no message of this page but about its stay: the WebSocket is closed after it.
        if (this.state.name === "connecting" || isAboutStay(message)) this.refusalCode = message.code;
        break;
      case "pong":
        return;
    }
    if (this.state.name === "open") this.options.onMessage(message);
  }

  private welcomed(welcome: Welcome): void {
    if (this.state.name === "open") return;
    this.cancelWait?.();
    this.cancelWait = null;
    this.backOff.reset();
    this.stopPing = every(this.options.clock, PING_EVERY_MS, () => this.keepAlive());
    this.change({ name: "open" });
    this.options.onWelcome(welcome);
  }

  private keepAlive(): void {
    if (this.options.clock.now() - this.heardAtMs >= DEAD_AFTER_MS) this.lost();
    else this.transmit({ type: "ping" });
  }

  private closed(closeCode: number): void {
    if (this.refusalCode !== null) this.refused(this.refusalCode);
    else if (closeCode === CLOSE_REPLACED) this.finish("replaced", "");
    else if (closeCode === CLOSE_ENDED) this.finish("ended", "");
    else if (closeCode === CLOSE_NORMAL && this.state.name === "open") this.finish("left", "");
    else this.lost();
  }

  private refused(code: string): void {
    if (code === "inspection_ended") this.finish("ended", code);
    else if (FINAL_CODES.has(code)) this.finish("refused", code);
    else this.lost();
  }

  private lost(): void {
    if (this.isOver) return;
    this.detach();
    this.attempt += 1;
    this.change({
      name: "connecting",
      attempt: this.attempt,
      socketRefused: this.neverOpened >= REFUSED_AFTER,
    });
    this.cancelWait = this.options.clock.after(this.backOff.nextMs(), () => void this.connect());
  }

  private finish(why: "replaced" | "ended" | "left" | "refused", code: string): void {
    if (this.isOver) return;
    this.detach();
    this.change({ name: "over", why, code });
  }

  private detach(): void {
    this.stopPing?.();
    this.stopPing = null;
    this.cancelWait?.();
    this.cancelWait = null;
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private transmit(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private get isOver(): boolean {
    return this.state.name === "over";
  }

  private change(state: SignallingState): void {
    this.state = state;
    this.options.onState(state);
  }
}

function isAboutStay(error: Extract<ServerMessage, { type: "error" }>): boolean {
  const answersSomething = typeof error.in_reply_to === "string" || typeof error.connection === "string";
  return !answersSomething && FINAL_CODES.has(error.code);
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "network";
}

/** A text that is no message of the protocol is skipped: a newer server may say more than this page knows. */
function parsed(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    const isMessage = typeof value === "object" && value !== null && "type" in value;
    return isMessage ? (value as ServerMessage) : null;
  } catch {
    return null;
  }
}
