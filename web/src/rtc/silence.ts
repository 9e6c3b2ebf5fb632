/**
 * Notices that the other end of a connection gives no sign of life.
 *
 * `connectionState` says `failed` after 17 s only, so the statistics are looked at instead: whatever the server sends
 * back (RTCP, STUN answers) makes a counter grow.
 */

/** A longer pause between two looks means that the page itself stood still (frozen tab, sleeping laptop). */
const LONGEST_STEP_MS = 2000;

/** Pure: `nowMs` is monotonic. */
export class SilenceWatch {
  private counter: number | null = null;
  private lookedAtMs = 0;
  private silentMs = 0;
  private grewAtMs: number | null = null;

  /** Notes a look at the counter. */
  look(counter: number, nowMs: number): void {
    const stepMs = nowMs - this.lookedAtMs;
    const grew = this.counter === null || counter > this.counter;
    if (this.counter !== null && grew) this.grewAtMs = nowMs;
    if (grew) this.silentMs = 0;
    else if (stepMs <= LONGEST_STEP_MS) this.silentMs += stepMs;
    this.counter = counter;
    this.lookedAtMs = nowMs;
  }

  /** Whether the counter was seen to grow so recently, whatever the page did meanwhile. */
  heardWithin(limitMs: number, nowMs: number): boolean {
    return this.grewAtMs !== null && nowMs - this.grewAtMs < limitMs;
  }

  /** For how long the counter has not grown while it was looked at, in milliseconds. */
  get forMs(): number {
    return this.silentMs;
  }
}

type Statistics = Iterable<[string, Record<string, unknown>]>;

/** The fields that grow with what the other end sends: by statistics type (W3C webrtc-stats). */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  transport: ["bytesReceived"],
  "candidate-pair": ["bytesReceived", "responsesReceived", "requestsReceived"],
  "remote-inbound-rtp": ["roundTripTimeMeasurements", "reportsReceived"],
};

/** One number that grows whenever anything came from the other end. */
export function signsOfLife(statistics: Statistics): number {
  let sum = 0;
  for (const [, entry] of statistics) {
    for (const field of SIGNS[String(entry["type"])] ?? []) {
      const value = entry[field];
      if (typeof value === "number") sum += value;
    }
  }
  return sum;
}
