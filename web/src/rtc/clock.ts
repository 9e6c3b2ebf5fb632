/** Time as an input: everything in this folder that waits or measures takes a clock, so that tests run hours in no time. */

export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since 1970 by the device's own (perhaps wrong) wall clock. */
  wallNow(): number;
  /** Runs `action` once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, action: () => void): () => void;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Runs `action` again and again, `intervalMs` after the last run; the returned function stops it. */
export function every(clock: Clock, intervalMs: number, action: () => void): () => void {
  let stop = clock.after(intervalMs, function run() {
    stop = clock.after(intervalMs, run);
    action();
  });
  return () => stop();
}
