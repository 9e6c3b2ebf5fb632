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
import { Patience, WELCOME_WITHIN_MS } from "./patience";
import { codeOf, isAboutStay, isFinal } from "./refusals";
import { Tickets } from "./tickets";
import { parsed, type Socket } from "./wire";

const PING_EVERY_MS = 2000;
const DEAD_AFTER_MS = 6000;

const CLOSE_REPLACED = 4000;
const CLOSE_ENDED = 4001;
const CLOSE_NORMAL = 1000;

export type SignallingState =
  | { name: "connecting"; attempt: number; socketRefused: boolean }
  | { name: "open" }
  | { name: "over"; why: "replaced" | "ended" | "left" | "refused"; code: string };

export interface SignallingOptions {
  clock: Clock;
  /** What this is, in words for people; empty if unknown. */
  device: string;
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
  private readonly patience = new Patience();
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
    this.options.clock.after(this.patience.answerWithinMs, () => {
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
    this.change({ name: "connecting", attempt, socketRefused: this.patience.isRefused });
    const { comesBack } = this.patience;
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
    this.cancelWait = this.options.clock.after(this.patience.begin(), () => this.silent());
    socket.onopen = () => {
      opened = true;
      this.patience.opened(this.options.clock.now() - began);
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
      if (!opened) this.patience.closedUnopened();
      this.closed(event.code);
    };
  }

  private greet(ticket: string | null): void {
    if (ticket !== null) {
      this.transmit({ type: "hello", version: PROTOCOL_VERSION, ticket, device: this.options.device });
    }
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
        if (this.state.name === "connecting" || isAboutStay(message)) this.refusalCode = message.code;
        break;
      case "pong":
        return;
    }
    if (this.state.name === "open") this.options.onMessage(message);
  }

  private welcomed(welcome: Welcome): void {
    if (this.state.name === "open") {
      // Who waited at the door was let in.
      this.options.onWelcome(welcome);
      return;
    }
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
    else if (isFinal(code)) this.finish("refused", code);
    else this.lost();
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
      socketRefused: this.patience.isRefused,
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
