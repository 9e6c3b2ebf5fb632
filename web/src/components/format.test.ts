import { describe, expect, it } from "vitest";

import { durationParts, formatDateTime } from "./format";

describe("durations", () => {
  it.each([
    [0, "seconds", 0, 0, 0],
    [59_499, "seconds", 0, 0, 59],
    [59_500, "minutes", 0, 1, 0],
    [605_000, "minutes", 0, 10, 5],
    [3_600_000, "hours", 1, 0, 0],
  ] as const)("%i ms", (ms, unit, h, m, s) => {
    expect(durationParts(ms)).toEqual({ unit, h, m, s });
  });
});

it("shows a time in the reader's language", () => {
  expect(formatDateTime("2026-11-22T04:05:06Z", "en")).toContain("2026");
  expect(formatDateTime("2026-11-22T04:05:06Z", "zh-CN")).toContain("2026年");
});
