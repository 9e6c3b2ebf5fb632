/**
 * Whether the page's clock waits for players that are still loading, and for how long.
 *
 * Pure. One slow player holds everybody, so that nobody misses what it will show; but after `GIVE_UP_MS` of waiting the
 * others go on without it. Its account is cleared only after it has been ready for `TRUST_AFTER_MS`: a flapping player
 * must not stop the page every few seconds.
 */

/** A short hiccup (a correcting seek, a decoder change) is no reason to stop the others. */
export const GRACE_MS = 400;
export const GIVE_UP_MS = 5_000;
export const TRUST_AFTER_MS = 2_000;

export interface Readiness {
  id: string;
  ready: boolean;
}

export interface HoldState {
  /** The clock shall stand. */
  hold: boolean;
  /** Players that load now, whether or not they still hold the others. */
  loading: string[];
}

/** One player's trouble: over only when it has been ready for a while. */
interface Trouble {
  /** Not ready since; null while it is ready. */
  sinceMs: number | null;
  graceMs: number;
  /** Time that it was not ready before that, in all. */
  beforeMs: number;
  readySinceMs: number;
  givenUp: boolean;
}

export class HoldPolicy {
  private readonly troubles = new Map<string, Trouble>();
  private strictUntilReady = true;

  /** After a seek by the reader there is no grace: the clock stands until all have the new picture. */
  expectSeek(): void {
    this.strictUntilReady = true;
    this.troubles.clear();
  }

  update(players: readonly Readiness[], nowMs: number): HoldState {
    const present = new Set(players.map(({ id }) => id));
    for (const id of this.troubles.keys()) if (!present.has(id)) this.troubles.delete(id);
    let hold = false;
    const loading: string[] = [];
    for (const { id, ready } of players) {
      if (ready) this.settle(id, nowMs);
      else {
        loading.push(id);
        hold = this.holds(id, nowMs) || hold;
      }
    }
    if (!hold) this.strictUntilReady = false;
    return { hold, loading };
  }

  private settle(id: string, nowMs: number): void {
    const trouble = this.troubles.get(id);
    if (!trouble) return;
    if (trouble.sinceMs !== null) {
      trouble.beforeMs += nowMs - trouble.sinceMs;
      trouble.sinceMs = null;
      trouble.readySinceMs = nowMs;
    }
    if (nowMs - trouble.readySinceMs >= TRUST_AFTER_MS) this.troubles.delete(id);
  }

  private holds(id: string, nowMs: number): boolean {
    const trouble = this.troubles.get(id) ?? { sinceMs: null, graceMs: 0, beforeMs: 0, readySinceMs: nowMs, givenUp: false };
    this.troubles.set(id, trouble);
    if (trouble.sinceMs === null) {
      trouble.sinceMs = nowMs;
      trouble.graceMs = this.strictUntilReady ? 0 : GRACE_MS;
    }
    const waitedMs = nowMs - trouble.sinceMs;
    trouble.givenUp ||= trouble.beforeMs + waitedMs >= GIVE_UP_MS;
    return !trouble.givenUp && waitedMs >= trouble.graceMs;
  }
}
