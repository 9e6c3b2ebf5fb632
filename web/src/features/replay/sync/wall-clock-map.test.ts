import { describe, expect, it } from "vitest";

import { WallClockMap } from "./wall-clock-map";

// 8 s of footage, a hole of 20 s, 6 s more; the media goes on at 8.01 s because the audio was a little longer.
const map = new WallClockMap([
  { mediaStartS: 0, durationS: 4, wallStartMs: 1_000_000 },
  { mediaStartS: 4, durationS: 4.01, wallStartMs: 1_004_003 },
  { mediaStartS: 8.01, durationS: 6, wallStartMs: 1_028_000 },
]);

describe("media time and wall clock of a track", () => {
  it.each([
    [0, 1_000_000],
    [3.5, 1_003_500],
    [4, 1_004_003],
    [8.009, 1_008_012],
    [8.01, 1_028_000],
    [9.01, 1_029_000],
    [14.01, 1_034_000],
  ])("media %d s is wall %d", (mediaS, wallMs) => {
    expect(map.wallAt(mediaS)).toBeCloseTo(wallMs, 0);
  });

  it("puts a position just before a first sample, by rounding, to that sample", () => {
    expect(map.wallAt(8.00985)).toBeCloseTo(1_028_000, 0);
    expect(map.wallAt(-0.0001)).toBe(1_000_000);
  });

  it("goes both ways alike, on both sides of the hole", () => {
    for (const wallMs of [1_000_000, 1_003_999, 1_004_500, 1_028_000, 1_033_990]) {
      expect(map.wallAt(map.mediaAt(wallMs) ?? Number.NaN)).toBeCloseTo(wallMs, 3);
    }
  });

  it.each([999_999, 1_008_013.5, 1_020_000, 1_027_999, 1_034_000])("has no media for %d", (wallMs) => {
    expect(map.mediaAt(wallMs)).toBeNull();
  });

  it("shows the last frame before a seam of a few milliseconds", () => {
    expect(map.mediaAt(1_004_001)).toBeCloseTo(3.9998, 6);
  });

  it("joins fragments over seams, not over holes", () => {
    expect(map.spans).toHaveLength(2);
    expect(map.spans[0]?.startMs).toBe(1_000_000);
    expect(map.spans[0]?.endMs).toBeCloseTo(1_008_013, 3);
    expect(map.spans[1]).toEqual({ startMs: 1_028_000, endMs: 1_034_000 });
  });

  it("tells where footage goes on, and how far it reaches", () => {
    expect(map.nextStart(1_010_000)).toEqual({ wallMs: 1_028_000, mediaS: 8.01 });
    expect(map.nextStart(1_030_000)).toBeNull();
    expect(map.runwayMs(1_007_013)).toBeCloseTo(1_000, 3);
    expect(map.runwayMs(1_010_000)).toBe(0);
  });

  it("knows nothing when it is empty", () => {
    const empty = new WallClockMap([]);
    expect([empty.empty, empty.wallAt(0), empty.mediaAt(0), empty.startMs, empty.endMs]).toEqual([
      true,
      null,
      null,
      null,
      null,
    ]);
  });

  it("finds its way in a long record", () => {
    const long = new WallClockMap(
      Array.from({ length: 2_000 }, (_, index) => ({
        mediaStartS: index * 4,
        durationS: 4,
        wallStartMs: index * 4_000 + Math.floor(index / 100) * 60_000,
      })),
    );
    expect(long.spans).toHaveLength(20);
    expect(long.wallAt(4 * 1_234 + 1.5)).toBe(1_234 * 4_000 + 12 * 60_000 + 1_500);
  });
});
