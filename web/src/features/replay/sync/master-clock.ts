/**
 * The page's one clock: which wall-clock moment is shown now. All players follow it.
 *
 * Pure: `nowMs` is a monotonic time in milliseconds handed in by the caller (performance.now). Positions are epoch
 * milliseconds. Two things stop it without the reader's doing: a hold (somebody's picture is still loading) and the
 * end. At the end of a closed record it pauses; at the edge of a live one it waits and goes on as the record grows.
 */
import type { WallMs } from "../time/zone";

export const RATES = [0.5, 1, 1.5, 2, 4, 8] as const;
export const MIN_RATE = 0.5;
export const MAX_RATE = 8;

export interface Bounds {
  startMs: WallMs;
  endMs: WallMs;
  /** The record still grows: `endMs` is an edge, no end. */
  live: boolean;
}

export class MasterClock {
  private limits: Bounds;
  private anchorMs: WallMs;
  private anchoredAtMs = 0;
  private speed = 1;
  private wanted = false;
  private waiting = false;

  constructor(bounds: Bounds) {
    this.limits = { ...bounds };
    this.anchorMs = bounds.startMs;
  }

  get bounds(): Readonly<Bounds> {
    return this.limits;
  }

  /** The reader wants it to play (it may be held or wait at the edge all the same). */
  get playing(): boolean {
    return this.wanted;
  }

  get held(): boolean {
    return this.waiting;
  }

  get rate(): number {
    return this.speed;
  }

  /** Whether positions advance from here: playing, not held, not at the end. */
  running(nowMs: number): boolean {
    return this.wanted && !this.waiting && this.positionAt(nowMs) < this.limits.endMs;
  }

  /** The moment shown at `nowMs`. */
  positionAt(nowMs: number): WallMs {
    const elapsed = this.wanted && !this.waiting ? (nowMs - this.anchoredAtMs) * this.speed : 0;
    return this.clamp(this.anchorMs + Math.max(0, elapsed));
  }

  /** Starts; from the end of a closed record it starts over. */
  play(nowMs: number): void {
    if (this.wanted) return;
    const { startMs, endMs, live } = this.limits;
    const from = !live && this.positionAt(nowMs) >= endMs ? startMs : this.positionAt(nowMs);
    this.anchor(from, nowMs);
    this.wanted = true;
  }

  pause(nowMs: number): void {
    this.anchor(this.positionAt(nowMs), nowMs);
    this.wanted = false;
  }

  /** Goes to `toMs`, brought into the record's bounds. */
  seek(toMs: WallMs, nowMs: number): void {
    this.anchor(this.clamp(toMs), nowMs);
  }

  setRate(rate: number, nowMs: number): void {
    if (!Number.isFinite(rate)) throw new RangeError(`not a playback rate: ${rate}`);
    this.anchor(this.positionAt(nowMs), nowMs);
    this.speed = Math.min(MAX_RATE, Math.max(MIN_RATE, rate));
  }

  /** Stops or releases the clock for players that load; the reader's wish to play stays as it is. */
  setHeld(held: boolean, nowMs: number): void {
    if (held === this.waiting) return;
    this.anchor(this.positionAt(nowMs), nowMs);
    this.waiting = held;
  }

  /** Takes new bounds, as a live record grows or ends; the position never jumps forward by it. */
  setBounds(bounds: Bounds, nowMs: number): void {
    const position = this.positionAt(nowMs);
    this.limits = { ...bounds };
    this.anchor(this.clamp(position), nowMs);
  }

  /** Pauses at the end of a closed record; returns whether it just did. Call it on every frame. */
  settle(nowMs: number): boolean {
    const ended = this.wanted && !this.limits.live && this.positionAt(nowMs) >= this.limits.endMs;
    if (ended) this.pause(nowMs);
    return ended;
  }

  private anchor(positionMs: WallMs, nowMs: number): void {
    this.anchorMs = positionMs;
    this.anchoredAtMs = nowMs;
  }

  private clamp(atMs: WallMs): WallMs {
    return Math.min(this.limits.endMs, Math.max(this.limits.startMs, atMs));
  }
}

/** The next faster (`+1`) or slower (`-1`) of the offered rates. */
export function stepRate(rate: number, direction: 1 | -1): number {
  const faster = RATES.find((offered) => offered > rate);
  const slower = RATES.findLast((offered) => offered < rate);
  return (direction > 0 ? faster : slower) ?? rate;
}
