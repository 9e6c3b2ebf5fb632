import { describe, expect, it } from "vitest";

import { tickStepMs, ticks } from "./ticks";

const at = (iso: string): number => Date.parse(iso);

describe("tick marks", () => {
  it.each([
    [10_000, 1_000],
    [600_000, 60_000],
    [3_600_000, 600_000],
    [8 * 3_600_000, 3_600_000],
  ])("of %d ms in 900 px stand %d ms apart", (lengthMs, stepMs) => {
    expect(tickStepMs(lengthMs, 900, 84)).toBe(stepMs);
  });

  it("carry the date first and after midnight, in the reader's zone", () => {
    const window = { startMs: at("2026-11-21T15:50:10Z"), endMs: at("2026-11-21T16:10:00Z") };
    const marks = ticks(window, 500, "Asia/Shanghai");
    expect(marks.map(({ label, date }) => [label, date])).toEqual([
      ["23:55", "2026-11-21"],
      ["00:00", "2026-11-22"],
      ["00:05", null],
      ["00:10", null],
    ]);
  });

  it("show seconds when they stand seconds apart", () => {
    const window = { startMs: at("2026-11-21T07:00:00.5Z"), endMs: at("2026-11-21T07:00:12Z") };
    expect(ticks(window, 500, "Asia/Shanghai").map(({ label }) => label)).toEqual([
      "15:00:02",
      "15:00:04",
      "15:00:06",
      "15:00:08",
      "15:00:10",
      "15:00:12",
    ]);
  });

  it("stand at round local times in a zone with an odd offset", () => {
    const window = { startMs: at("2026-11-21T00:00:00Z"), endMs: at("2026-11-21T20:00:00Z") };
    expect(ticks(window, 400, "Asia/Kathmandu").map(({ label }) => label)).toEqual([
      "06:00",
      "12:00",
      "18:00",
      "00:00",
    ]);
  });

  it("go on in order over the end of daylight saving", () => {
    const window = { startMs: at("2026-10-24T23:00:00Z"), endMs: at("2026-10-25T04:00:00Z") };
    const marks = ticks(window, 600, "Europe/Berlin");
    expect(marks.map(({ label }) => label)).toEqual(["01:00", "02:00", "02:00", "03:00", "04:00", "05:00"]);
  });

  it("are none in nothing", () => {
    expect(ticks({ startMs: 5, endMs: 5 }, 500, "UTC")).toEqual([]);
    expect(ticks({ startMs: 5, endMs: 50 }, 0, "UTC")).toEqual([]);
  });
});
