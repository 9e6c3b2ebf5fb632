import { expect, test } from "vitest";

import { onStandstill } from "./standstill";
import { FakeClock } from "./testing/fake-clock";

test("a page that goes on after it was frozen is told so, once", async () => {
  const clock = new FakeClock();
  let woken = 0;
  onStandstill(clock, () => (woken += 1));
  await clock.advance(10_000);
  expect(woken).toBe(0);
  clock.freeze(9_000);
  await clock.advance(5_000);
  expect(woken).toBe(1);
});

test("a busy moment is no standstill", async () => {
  const clock = new FakeClock();
  let woken = 0;
  onStandstill(clock, () => (woken += 1));
  await clock.advance(2_000);
  clock.freeze(3_000);
  await clock.advance(5_000);
  expect(woken).toBe(0);
});

test("nothing is told any more once it was stopped", async () => {
  const clock = new FakeClock();
  let woken = 0;
  const stop = onStandstill(clock, () => (woken += 1));
  stop();
  clock.freeze(9_000);
  await clock.advance(5_000);
  expect(woken).toBe(0);
});
