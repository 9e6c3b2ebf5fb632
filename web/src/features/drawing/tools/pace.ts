/** Says the newest of what changes fast: the first at once, then no sooner than `intervalMs` after the one before. */
import type { Clock } from "@/rtc/clock";

export interface Pace<T> {
  offer: (value: T, intervalMs: number) => void;
  /** What still waits is not said any more. */
  drop: () => void;
}

export function createPace<T>(clock: Clock, say: (value: T) => void): Pace<T> {
  let saidAt = -Infinity;
  let waiting: { value: T } | null = null;
  let callOff: (() => void) | null = null;

  function speak(value: T): void {
    saidAt = clock.now();
    say(value);
  }

  function drop(): void {
    callOff?.();
    callOff = null;
    waiting = null;
  }

  return {
    offer(value, intervalMs) {
      const delayMs = saidAt + intervalMs - clock.now();
      if (callOff === null && delayMs <= 0) {
        speak(value);
        return;
      }
      waiting = { value };
      callOff ??= clock.after(delayMs, () => {
        const newest = waiting;
        drop();
        if (newest !== null) speak(newest.value);
      });
    },
    drop,
  };
}
