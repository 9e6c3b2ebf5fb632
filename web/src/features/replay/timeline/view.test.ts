import { describe, expect, it } from "vitest";

import { MIN_WINDOW_MS, barOf, fitWindow, keepInView, timeAt, xOf, zoom } from "./view";

const record = { startMs: 0, endMs: 600_000 };

describe("where a moment lies", () => {
  it("goes from time to pixels and back", () => {
    for (const atMs of [0, 123_456, 600_000]) {
      expect(timeAt(record, 800, xOf(record, 800, atMs))).toBeCloseTo(atMs, 6);
    }
  });

  it("keeps a pointer beside the timeline within it", () => {
    expect([timeAt(record, 800, -20), timeAt(record, 800, 900), timeAt(record, 0, 5)]).toEqual([0, 600_000, 0]);
  });

  it("cuts bars at the window", () => {
    const window = { startMs: 100_000, endMs: 200_000 };
    expect(barOf(window, { startMs: 50_000, endMs: 150_000 })).toEqual({ leftPct: 0, widthPct: 50 });
    expect(barOf(window, { startMs: 175_000, endMs: 900_000 })).toEqual({ leftPct: 75, widthPct: 25 });
    expect(barOf(window, { startMs: 200_000, endMs: 300_000 })).toBeNull();
  });
});

describe("zoom", () => {
  it("keeps the moment around which it zooms in its place", () => {
    const closer = zoom(record, record, 150_000, 1);
    expect(closer.endMs - closer.startMs).toBe(300_000);
    expect(xOf(closer, 800, 150_000)).toBeCloseTo(xOf(record, 800, 150_000), 6);
    expect(zoom(closer, record, 150_000, -1)).toEqual(record);
  });

  it("ends at a smallest window and at the whole record", () => {
    let window = record;
    for (let step = 0; step < 20; step += 1) window = zoom(window, record, 300_000, 1);
    expect(window.endMs - window.startMs).toBeCloseTo(MIN_WINDOW_MS, 6);
    for (let step = 0; step < 20; step += 1) window = zoom(window, record, 0, -1);
    expect(window).toEqual(record);
  });

  it("does not stretch a record that is shorter than the smallest window", () => {
    const short = { startMs: 0, endMs: 4_000 };
    expect(zoom(short, short, 1_000, 1)).toEqual(short);
  });

  it("turns the page when the playhead leaves the window", () => {
    const window = { startMs: 0, endMs: 60_000 };
    expect(keepInView(window, record, 59_000)).toBe(window);
    expect(keepInView(window, record, 61_000)).toEqual({ startMs: 55_000, endMs: 115_000 });
    expect(keepInView(window, record, 599_000)).toEqual({ startMs: 540_000, endMs: 600_000 });
  });

  it("brings a window back into a record", () => {
    expect(fitWindow({ startMs: -50_000, endMs: 10_000 }, record)).toEqual({ startMs: 0, endMs: 60_000 });
    expect(fitWindow({ startMs: 0, endMs: 900_000 }, record)).toEqual(record);
  });
});
