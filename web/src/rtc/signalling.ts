/**
 * The page's end of the signalling WebSocket: enters with a ticket, keeps it alive, comes back by itself.
 *
 * One attempt: take a ticket, open the WebSocket, say `hello`, wait for `welcome`; who comes back takes the ticket last,
 * so that it is not used up while there is no network. A lost WebSocket starts a new attempt after the protocol's
 * back-off, one that fell silent at once, for that was wait enough; refusals that trying again cannot mend end it for
 * good.
 */

import { BackOff } from "./back-off";
import { every, type Clock } from "./clock";
import { PROTOCOL_VERSION, type ClientMessage, type ServerMessage, type Welcome } from "./messages";
import { Tickets } from "./tickets";

const PING_EVERY_MS = 2000;
const DEAD_AFTER_MS = 6000;
/** After a hint that the network changed an answer is expected sooner, at the latest after the longer time. */
const PROBE_ANSWER_MS = { shortest: 700, longest: 1500 } as const;
/** DNS, TCP, TLS and the answer to `hello` on a weak mobile link. */
const WELCOME_WITHIN_MS = 10_000;
/**
 * Who comes back gives each WebSocket so many times what the last one took to open: TCP's own repetitions lag behind a
 * network that returns, a new connection does not. Now and then one gets more time, for the network may be slower now, and
 * all the time when it has been away for long.
 */
const PATIENCE = 4;
const SHORTEST_OPEN_MS = 700;
const PATIENT_EVERY = 6;
const PATIENT_OPEN_MS = 2000;
const AWAY_FOR_LONG = 24;
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
  private readonly tickets: Tickets;
  private socket: Socket | null = null;
  private state: SignallingState = { name: "connecting", attempt: 0, socketRefused: false };
  private attempt = 0;
  private neverOpened = 0;
  /** How long the last WebSocket took to open; null before the first one. */
  private openedInMs: number | null = null;
  private sinceOpened = 0;
  private probing = false;
  private refusalCode: string | null = null;
  private heard = 0;
  private heardAtMs = 0;
  private cancelWait: (() => void) | null = null;
  private stopPing: (() => void) | null = null;

  constructor(private readonly options: SignallingOptions) {
    this.tickets = new Tickets(options);
  }

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
    this.suspect();
  }

  /** Something else fell silent: does the WebSocket still work? While there is none nothing changes. */
  suspect(): void {
    if (this.state.name !== "open" || this.probing) return;
    this.probing = true;
    const heardBefore = this.heard;
    const asked = this.socket;
    this.transmit({ type: "ping" });
    const { shortest, longest } = PROBE_ANSWER_MS;
    const answerWithinMs = Math.min(longest, Math.max(shortest, PATIENCE * (this.openedInMs ?? longest)));
    this.options.clock.after(answerWithinMs, () => {
      this.probing = false;
      if (asked === this.socket && this.heard === heardBefore) this.silent();
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
    const comesBack = this.openedInMs !== null;
    const ticket = comesBack ? null : await this.ticket(attempt);
    if (comesBack || ticket !== null) this.open(attempt, ticket);
  }

  /** Null if there is none, or the attempt is over meanwhile. */
  private async ticket(attempt: number): Promise<string | null> {
    const isOver = () => attempt !== this.attempt || this.isOver;
    try {
      const ticket = await this.tickets.take();
      return isOver() ? null : ticket;
    } catch (error) {
      if (!isOver()) this.refused(codeOf(error));
      return null;
    }
  }

  private open(attempt: number, ticket: string | null): void {
    const socket = this.options.openSocket();
    const began = this.options.clock.now();
    let opened = false;
    this.socket = socket;
    this.refusalCode = null;
    this.sinceOpened += 1;
    this.cancelWait = this.options.clock.after(this.openWithinMs, () => this.silent());
    socket.onopen = () => {
      opened = true;
      this.neverOpened = this.sinceOpened = 0;
      this.openedInMs = this.options.clock.now() - began;
      this.cancelWait?.();
      this.cancelWait = this.options.clock.after(WELCOME_WITHIN_MS, () => this.silent());
      if (ticket === null) void this.ticket(attempt).then((late) => this.greet(late));
      else this.greet(ticket);
    };
    socket.onmessage = (event) => {
      this.heard += 1;
      this.heardAtMs = this.options.clock.now();
      const message = parsed(event.data);
      if (message !== null) this.received(message);
    };
    socket.onclose = (event) => {
      if (!opened) this.neverOpened += 1;
      this.closed(event.code);
    };
  }

  private greet(ticket: string | null): void {
    if (ticket !== null) this.transmit({ type: "hello", version: PROTOCOL_VERSION, ticket });
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
    this.tickets.keepReserve();
    this.stopPing = every(this.options.clock, PING_EVERY_MS, () => this.keepAlive());
    this.change({ name: "open" });
    this.options.onWelcome(welcome);
  }

  private keepAlive(): void {
    if (this.options.clock.now() - this.heardAtMs >= DEAD_AFTER_MS) this.silent();
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

  private get openWithinMs(): number {
    if (this.openedInMs === null) return WELCOME_WITHIN_MS;
    const usualMs = Math.max(SHORTEST_OPEN_MS, PATIENCE * this.openedInMs);
    if (this.sinceOpened % PATIENT_EVERY !== 0) return usualMs;
    return this.sinceOpened >= AWAY_FOR_LONG ? WELCOME_WITHIN_MS : Math.max(PATIENT_OPEN_MS, usualMs);
  }

  private lost(): void {
    this.tryAgain(this.backOff.nextMs());
  }

  private silent(): void {
    this.tryAgain(0);
  }

  private tryAgain(waitMs: number): void {
    if (this.isOver) return;
    this.detach();
    this.attempt += 1;
    this.change({
      name: "connecting",
      attempt: this.attempt,
      socketRefused: this.neverOpened >= REFUSED_AFTER,
    });
    this.cancelWait = this.options.clock.after(waitMs, () => void this.connect());
  }

  private finish(why: "replaced" | "ended" | "left" | "refused", code: string): void {
    if (this.isOver) return;
    this.detach();
    this.change({ name: "over", why, code });
  }

  private detach(): void {
    this.tickets.stop();
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
