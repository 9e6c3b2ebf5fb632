/**
 * How long to wait for a WebSocket that is being opened, by how long the last one took.
 *
 * Who comes back gives each one so many times what the last one took to open: TCP's own repetitions lag behind a network
 * that returns, a new connection does not. Now and then one gets more time, for the network may be slower now, and all the
 * time when it has been away for long.
 */

const PATIENCE = 4;
const SHORTEST_OPEN_MS = 700;
const PATIENT_EVERY = 6;
const PATIENT_OPEN_MS = 2000;
const AWAY_FOR_LONG = 24;
/** DNS, TCP, TLS and the answer to `hello` on a weak mobile link. */
export const WELCOME_WITHIN_MS = 10_000;
/** After a hint that the network changed an answer is expected sooner, at the latest after the longer time. */
const PROBE_ANSWER_MS = { shortest: 700, longest: 1500 } as const;
/** So many WebSockets in a row that never opened although the ticket was given: something refuses WebSockets. */
const REFUSED_AFTER = 3;

export class Patience {
  /** How long the last WebSocket took to open; null before the first one. */
  private openedInMs: number | null = null;
  private sinceOpened = 0;
  private neverOpened = 0;

  /** Whether one was ever open. */
  get comesBack(): boolean {
    return this.openedInMs !== null;
  }

  get isRefused(): boolean {
    return this.neverOpened >= REFUSED_AFTER;
  }

  /** A WebSocket begins to open; so long it may take. */
  begin(): number {
    this.sinceOpened += 1;
    if (this.openedInMs === null) return WELCOME_WITHIN_MS;
    const usualMs = Math.max(SHORTEST_OPEN_MS, PATIENCE * this.openedInMs);
    if (this.sinceOpened % PATIENT_EVERY !== 0) return usualMs;
    return this.sinceOpened >= AWAY_FOR_LONG ? WELCOME_WITHIN_MS : Math.max(PATIENT_OPEN_MS, usualMs);
  }

  opened(afterMs: number): void {
    this.neverOpened = this.sinceOpened = 0;
    this.openedInMs = afterMs;
  }

  /** It was closed before it opened. */
  closedUnopened(): void {
    this.neverOpened += 1;
  }

  /** So soon an open WebSocket answers if it still works. */
  get answerWithinMs(): number {
    const { shortest, longest } = PROBE_ANSWER_MS;
    return Math.min(longest, Math.max(shortest, PATIENCE * (this.openedInMs ?? longest)));
  }
}
