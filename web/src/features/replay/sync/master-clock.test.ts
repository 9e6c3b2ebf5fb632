import { describe, expect, it } from "vitest";

import { MasterClock, stepRate } from "./master-clock";

const closed = { startMs: 100_000, endMs: 160_000, live: false };

describe("the page's clock", () => {
  it("stands at the start until it is played", () => {
    const clock = new MasterClock(closed);
    expect(clock.positionAt(50_000)).toBe(100_000);
    expect(clock.running(50_000)).toBe(false);
  });

  it.each([0.5, 1, 1.5, 2, 4, 8])("advances %d times as fast as the time of day", (rate) => {
    const clock = new MasterClock(closed);
    clock.setRate(rate, 0);
    clock.play(1_000);
    expect(clock.positionAt(4_000)).toBe(100_000 + 3_000 * rate);
  });

  it("keeps its position when the rate changes, and when it is paused and played", () => {
    const clock = new MasterClock(closed);
    clock.play(0);
    clock.setRate(4, 2_000);
    expect(clock.positionAt(3_000)).toBe(106_000);
    clock.pause(3_000);
    expect(clock.positionAt(9_000)).toBe(106_000);
    clock.play(9_000);
    expect(clock.positionAt(9_500)).toBe(108_000);
  });

  it.each([
    [0.1, 0.5],
    [99, 8],
  ])("takes rate %d as %d", (asked, given) => {
    const clock = new MasterClock(closed);
    clock.setRate(asked, 0);
    expect(clock.rate).toBe(given);
  });

  it("refuses a rate that is no number", () => {
    expect(() => new MasterClock(closed).setRate(Number.NaN, 0)).toThrow(RangeError);
  });

  it.each([
    [0, 100_000],
    [120_000, 120_000],
    [999_999, 160_000],
  ])("brings a seek to %d into the record: %d", (asked, reached) => {
    const clock = new MasterClock(closed);
    clock.seek(asked, 0);
    expect(clock.positionAt(0)).toBe(reached);
  });

  it("pauses at the end of a closed record, and plays from the start again", () => {
    const clock = new MasterClock(closed);
    clock.seek(159_000, 0);
    clock.play(0);
    expect(clock.settle(999)).toBe(false);
    expect(clock.settle(5_000)).toBe(true);
    expect([clock.playing, clock.positionAt(5_000)]).toEqual([false, 160_000]);
    expect(clock.settle(5_001)).toBe(false);
    clock.play(6_000);
    expect(clock.positionAt(7_000)).toBe(101_000);
  });

  it("waits at the edge of a live record and goes on from there, without a leap, as it grows", () => {
    const clock = new MasterClock({ ...closed, live: true });
    clock.seek(159_000, 0);
    clock.play(0);
    expect(clock.settle(5_000)).toBe(false);
    expect([clock.playing, clock.running(5_000), clock.positionAt(5_000)]).toEqual([true, false, 160_000]);
    clock.setBounds({ ...closed, endMs: 164_000, live: true }, 5_000);
    expect(clock.running(5_000)).toBe(true);
    expect(clock.positionAt(6_000)).toBe(161_000);
  });

  it("stands while held, and remembers that it was playing", () => {
    const clock = new MasterClock(closed);
    clock.play(0);
    clock.setHeld(true, 1_000);
    expect([clock.playing, clock.running(4_000), clock.positionAt(4_000)]).toEqual([true, false, 101_000]);
    clock.setHeld(false, 4_000);
    expect(clock.positionAt(5_000)).toBe(102_000);
  });

  it("never goes back when the time handed in does", () => {
    const clock = new MasterClock(closed);
    clock.play(10_000);
    expect(clock.positionAt(9_990)).toBe(100_000);
  });

  it.each([
    [1, 1, 1.5],
    [8, 1, 8],
    [1, -1, 0.5],
    [0.5, -1, 0.5],
    [1.1, 1, 1.5],
  ] as const)("steps from rate %d by %d to %d", (rate, direction, next) => {
    expect(stepRate(rate, direction)).toBe(next);
  });
});
