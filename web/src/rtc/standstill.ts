/** Notices that the page stood still: its device slept, its tab was frozen. No timer runs then. */

import { every, type Clock } from "./clock";

const LOOK_EVERY_MS = 1000;
/** Far more than a busy device or a throttled tab holds a timer back. */
const STANDSTILL_MS = 4000;

/** Calls `woke` each time the page goes on after a standstill; returns how to stop that. */
export function onStandstill(clock: Clock, woke: () => void): () => void {
  let before = reading(clock);
  return every(clock, LOOK_EVERY_MS, () => {
    const now = reading(clock);
    // Some devices stop the monotonic clock while they sleep, and the other one may be set back.
    const passed = Math.max(now.monotonic - before.monotonic, now.wall - before.wall);
    before = now;
    if (passed >= LOOK_EVERY_MS + STANDSTILL_MS) woke();
  });
}

function reading(clock: Clock): { monotonic: number; wall: number } {
  return { monotonic: clock.now(), wall: clock.wallNow() };
}
