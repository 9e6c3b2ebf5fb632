/**
 * Whether the page's clock waits for players that are still loading, and for how long.
 *
 * Pure. One slow player holds everybody, so that nobody misses what it will show; but after `GIVE_UP_MS` the others go
 * on without it. It can hold them again only after it has been ready for `TRUST_AFTER_MS`: a flapping player must not
 * stop the page every few seconds.
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

interface Waiting {
  sinceMs: number;
  graceMs: number;
}

export class HoldPolicy {
  private readonly waiting = new Map<string, Waiting>();
  private readonly givenUp = new Map<string, { readySinceMs: number | null }>();
  private strictUntilReady = true;

  /** After a seek by the reader there is no grace: the clock stands until all have the new picture. */
  expectSeek(): void {
    this.strictUntilReady = true;
    this.waiting.clear();
    this.givenUp.clear();
  }

  update(players: readonly Readiness[], nowMs: number): HoldState {
    const present = new Set(players.map(({ id }) => id));
    for (const id of [...this.waiting.keys(), ...this.givenUp.keys()]) {
      if (!present.has(id)) {
        this.waiting.delete(id);
        this.givenUp.delete(id);
      }
    }
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
    this.waiting.delete(id);
    const given = this.givenUp.get(id);
    if (!given) return;
    given.readySinceMs ??= nowMs;
    if (nowMs - given.readySinceMs >= TRUST_AFTER_MS) this.givenUp.delete(id);
  }

  private holds(id: string, nowMs: number): boolean {
    const given = this.givenUp.get(id);
    if (given) {
      given.readySinceMs = null;
      return false;
    }
    const waiting = this.waiting.get(id) ?? { sinceMs: nowMs, graceMs: this.strictUntilReady ? 0 : GRACE_MS };
    this.waiting.set(id, waiting);
    const waitedMs = nowMs - waiting.sinceMs;
    if (waitedMs >= GIVE_UP_MS) {
      this.givenUp.set(id, { readySinceMs: null });
      this.waiting.delete(id);
      return false;
    }
    return waitedMs >= waiting.graceMs;
  }
}
