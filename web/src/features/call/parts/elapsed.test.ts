import { expect, test } from "vitest";

import { elapsed } from "./elapsed";

test.each([
  [0, "00:00"],
  [-400, "00:00"],
  [59_999, "00:59"],
  [307_000, "05:07"],
  [3_907_000, "1:05:07"],
])("%i ms is %s", (durationMs, text) => {
  expect(elapsed(durationMs)).toBe(text);
});
