/** A clock that stands still until a test moves it. */

import type { Clock } from "../clock";

interface Pending {
  at: number;
  action: () => void;
}

export class FakeClock implements Clock {
  private time = 0;
  private pending: Pending[] = [];

  constructor(private readonly wallStart = Date.UTC(2026, 10, 21, 7, 0, 0)) {}

  now(): number {
    return this.time;
  }

  wallNow(): number {
    return this.wallStart + this.time;
  }

  after(delayMs: number, action: () => void): () => void {
    const entry = { at: this.time + delayMs, action };
    this.pending.push(entry);
    return () => {
      this.pending = this.pending.filter((other) => other !== entry);
    };
  }

  /** Moves on, running what falls due in order, and lets promises settle after each. */
  async advance(byMs: number): Promise<void> {
    const until = this.time + byMs;
    await settle();
    for (;;) {
      const due = this.pending.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.pending = this.pending.filter((other) => other !== due);
      this.time = Math.max(this.time, due.at);
      due.action();
      await settle();
    }
    this.time = until;
  }

  /** Lets time pass without running anything: a frozen page. */
  freeze(forMs: number): void {
    this.time += forMs;
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
