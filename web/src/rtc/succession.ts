/**
 * Keeps one connection of a kind working by opening a second one beside it whenever the first seems dead.
 *
 * Owns the connections it creates: the *current* one, at most one *successor*, and those that are being retired.
 * The first to work wins: a successor that connects takes over and the old one is closed a moment later; a current
 * connection that gives signs of life again before that keeps its place and the successor is dropped.
 */

import { BackOff } from "./back-off";
import { every, type Clock } from "./clock";
import { SilenceWatch } from "./silence";

export type ConnectionFault = { retry: true } | { retry: false; code: string };

/** What a connection tells its owner. Each is called at most once, `onFault` not after `close()`. */
export interface ConnectionEvents {
  onConnected(): void;
  onFault(fault: ConnectionFault): void;
}

export interface Connection {
  readonly name: string;
  /** Starts the exchange of descriptions; problems are told by `onFault`. */
  open(): void;
  /** Gives everything back; says nothing to the server. */
  close(): void;
  /** A number that grows whenever anything came from the other end. */
  signsOfLife(): Promise<number>;
}

export type SuccessionState = "idle" | "connecting" | "connected" | "interrupted" | "impossible";

export interface SuccessionOptions<C extends Connection> {
  clock: Clock;
  create(events: ConnectionEvents): C;
  /** For how long the current connection may be silent before a successor is opened. */
  silenceLimitMs(): number;
  /** The current connection has been quiet for longer than usual: the network may be gone. Told again and again. */
  onQuiet(): void;
  /**
   * Tells the server, through a new WebSocket, that a connection of an older one goes on. Without this, connections end
   * with their WebSocket.
   */
  sendKeep?(one: C): void;
  /** Tells the server that a connection is given up. */
  sendClose(name: string): void;
  onChange(): void;
}

const LOOK_EVERY_MS = 500;
/** The server sends a report every half second. */
const QUIET_MS = 1000;
/** A connection that was heard so recently lives on when only its WebSocket was lost. */
const HEARD_WITHIN_MS = 1500;
/** The old connection may still carry the last frames while the first keyframe of the new one is under way. */
const RETIRE_AFTER_MS = 1000;

export class Succession<C extends Connection> {
  private currentOne: C | null = null;
  private successor: C | null = null;
  private retiring = new Set<C>();
  private silence = new SilenceWatch();
  private currentLost = false;
  /** The current connection works, but must be replaced all the same. */
  private currentOutdated = false;
  private readonly backOff = new BackOff();
  private cancelRetry: (() => void) | null = null;
  private stopLooking: (() => void) | null = null;
  private allowed = false;
  private online = true;
  private impossible: string | null = null;

  constructor(private readonly options: SuccessionOptions<C>) {}

  get current(): C | null {
    return this.currentOne;
  }

  /** The connection whose media counts: the current one, or the first attempt while there is none. */
  get foremost(): C | null {
    return this.currentOne ?? this.successor;
  }

  /** The connections that carry media now or soon. */
  get active(): C[] {
    return [this.currentOne, this.successor].filter((one): one is C => one !== null);
  }

  find(name: string): C | null {
    return [...this.active, ...this.retiring].find((one) => one.name === name) ?? null;
  }

  /** Why no connection of this kind can ever work, or null. */
  get impossibleBecause(): string | null {
    return this.impossible;
  }

  get state(): SuccessionState {
    if (this.impossible !== null) return "impossible";
    if (this.currentOne === null) return this.successor === null && this.cancelRetry === null ? "idle" : "connecting";
    return this.currentLost || this.tooSilent ? "interrupted" : "connected";
  }

  /** Signalling works (again): what runs belongs to an older WebSocket; unless it is well, a successor is opened. */
  renew(): void {
    this.allowed = true;
    this.impossible = null;
    this.stopLooking ??= every(this.options.clock, LOOK_EVERY_MS, () => void this.look());
    this.dropSuccessor(false);
    if (this.currentOne !== null && this.options.sendKeep && this.currentIsWell) {
      this.options.sendKeep(this.currentOne);
      return;
    }
    this.currentOutdated = true;
    this.openSuccessor();
  }

  /** Signalling is gone: attempts under way cannot be answered; what runs may run on. */
  suspend(): void {
    this.allowed = false;
    this.dropSuccessor(false);
  }

  /** Something that only a new connection can carry has changed. */
  replace(): void {
    this.currentOutdated = true;
    if (!this.allowed) return;
    this.impossible = null;
    this.dropSuccessor(true);
    this.openSuccessor();
  }

  setOnline(online: boolean): void {
    const cameBack = online && !this.online;
    this.online = online;
    if (!cameBack) return;
    this.backOff.reset();
    if (this.state === "interrupted" && this.successor === null) this.openSuccessor();
  }

  /** The server gave this connection up, or refused it. */
  lost(name: string, fault: ConnectionFault = { retry: true }): void {
    const one = this.find(name);
    if (one !== null) this.failed(one, fault);
  }

  close(): void {
    this.allowed = false;
    this.stopLooking?.();
    this.stopLooking = null;
    this.dropSuccessor(false);
    for (const one of [...this.active, ...this.retiring]) one.close();
    this.currentOne = null;
    this.retiring.clear();
    this.options.onChange();
  }

  private get currentIsWell(): boolean {
    const heard = this.silence.heardWithin(HEARD_WITHIN_MS, this.options.clock.now());
    return heard && !this.currentLost && !this.currentOutdated;
  }

  private get tooSilent(): boolean {
    return this.silence.forMs >= this.options.silenceLimitMs();
  }

  private openSuccessor(): void {
    if (!this.allowed || this.successor !== null) return;
    this.cancelRetry?.();
    this.cancelRetry = null;
    const one: C = this.options.create({
      onConnected: () => this.connected(one),
      onFault: (fault) => this.failed(one, fault),
    });
    this.successor = one;
    this.options.onChange();
    one.open();
  }

  private connected(one: C): void {
    if (one !== this.successor) return;
    const old = this.currentOne;
    this.currentOne = one;
    this.successor = null;
    this.currentLost = false;
    this.currentOutdated = false;
    this.silence = new SilenceWatch();
    this.backOff.reset();
    if (old !== null) this.retire(old);
    this.options.onChange();
  }

  private failed(one: C, fault: ConnectionFault): void {
    if (this.retiring.delete(one)) {
      one.close();
      return;
    }
    if (one === this.successor) {
      this.successor = null;
      one.close();
      if (fault.retry) this.retryLater();
      else this.impossible = fault.code;
    } else if (one === this.currentOne) {
      this.currentLost = true;
      if (fault.retry) this.openSuccessor();
      else this.impossible = fault.code;
    }
    this.options.onChange();
  }

  private retryLater(): void {
    this.cancelRetry?.();
    this.cancelRetry = this.options.clock.after(this.backOff.nextMs(), () => {
      this.cancelRetry = null;
      this.openSuccessor();
    });
  }

  private dropSuccessor(tellServer: boolean): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    const one = this.successor;
    if (one === null) return;
    this.successor = null;
    one.close();
    if (tellServer) this.options.sendClose(one.name);
  }

  private retire(old: C): void {
    this.retiring.add(old);
    this.options.clock.after(RETIRE_AFTER_MS, () => {
      if (!this.retiring.delete(old)) return;
      old.close();
      this.options.sendClose(old.name);
    });
  }

  private async look(): Promise<void> {
    const one = this.currentOne;
    if (one === null) return;
    const signs = await one.signsOfLife();
    if (one !== this.currentOne) return;
    const before = this.state;
    this.silence.look(signs, this.options.clock.now());
    if (this.silence.forMs >= QUIET_MS) this.options.onQuiet();
    if (this.tooSilent && this.online && this.cancelRetry === null) this.openSuccessor();
    else if (before === "interrupted" && this.state === "connected" && !this.currentOutdated) this.keepCurrent();
    if (this.state !== before) this.options.onChange();
  }

  /** The current connection speaks again before its successor did. */
  private keepCurrent(): void {
    this.backOff.reset();
    this.dropSuccessor(true);
  }
}
