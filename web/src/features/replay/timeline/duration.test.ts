import { expect, it } from "vitest";

import { durationParts } from "./duration";

it.each([
  [840, { hours: 0, minutes: 0, seconds: 0.8 }],
  [9_960, { hours: 0, minutes: 0, seconds: 10 }],
  [59_600, { hours: 0, minutes: 1, seconds: 0 }],
  [3_725_000, { hours: 1, minutes: 2, seconds: 5 }],
])("%d ms in parts", (lengthMs, parts) => {
  expect(durationParts(lengthMs)).toEqual(parts);
});
