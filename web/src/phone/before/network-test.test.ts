import { expect, test } from "vitest";

import { figures } from "./network-test";

const nothing = { sentBytes: 0, receivedBytes: 0, received: 0, lost: 0, rttMs: 0, availableBps: 0 };

test("figures are of the time that was measured", () => {
  const before = { ...nothing, sentBytes: 1_000_000, receivedBytes: 500_000, received: 100, lost: 4 };
  const after = { ...nothing, sentBytes: 2_250_000, receivedBytes: 1_125_000, received: 290, lost: 14, rttMs: 80 };
  expect(figures(before, after, 5000)).toEqual({
    sendBps: 2_000_000,
    receivedBps: 1_000_000,
    lossPercent: 5,
    rttMs: 80,
  });
});

test("a still scene is no slow network", () => {
  expect(figures(nothing, { ...nothing, received: 10, availableBps: 2_500_000 }, 5000).sendBps).toBe(2_500_000);
});

test("nothing came back: everything was lost", () => {
  expect(figures(nothing, { ...nothing, sentBytes: 1000 }, 5000).lossPercent).toBe(100);
});
