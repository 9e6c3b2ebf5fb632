import { expect, test } from "vitest";

import { planOf, roundLength, SIDE } from "./plan";

const SITE = { latitude: 38.2, longitude: 104.6 };

function metresAway(east: number, north: number) {
  const degree = 111_195;
  return {
    latitude: SITE.latitude + north / degree,
    longitude: SITE.longitude + east / (degree * Math.cos((SITE.latitude * Math.PI) / 180)),
    accuracy_m: 20,
  };
}

test("the site is in the middle, north is up and east to the right", () => {
  const { site, dots } = planOf(SITE, 300, [metresAway(100, 0), metresAway(0, 100)]);
  expect([site.x, site.y]).toEqual([SIDE / 2, SIDE / 2]);
  const [east, north] = dots;
  expect(east?.x).toBeGreaterThan(SIDE / 2);
  expect(east?.y).toBeCloseTo(SIDE / 2, 1);
  expect(north?.x).toBeCloseTo(SIDE / 2, 1);
  expect(north?.y).toBeLessThan(SIDE / 2);
});

test("distances, radius and accuracy have one scale", () => {
  const { site, dots, scale } = planOf(SITE, 300, [metresAway(150, 0)]);
  const unit = site.r / 300;
  expect((dots[0]?.x ?? 0) - SIDE / 2).toBeCloseTo(150 * unit, 0);
  expect(dots[0]?.r).toBeCloseTo(20 * unit, 5);
  expect(scale.length / scale.metres).toBeCloseTo(unit, 8);
});

test("who is far away is still on the plan", () => {
  for (const { x, y } of planOf(SITE, 300, [metresAway(-40_000, 90_000), metresAway(1, 1)]).dots) {
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(x, y)).toBeLessThanOrEqual(SIDE);
  }
});

test("the short way across the date line", () => {
  const report = { latitude: 0, longitude: -179.999, accuracy_m: 5 };
  const { dots } = planOf({ latitude: 0, longitude: 179.999 }, 300, [report]);
  expect((dots[0]?.x ?? 0) - SIDE / 2).toBeCloseTo((222 / 300) * (SIDE / 2 - 12), 0);
});

test.each([
  [1, 1],
  [150, 100],
  [480, 200],
  [5000, 5000],
])("%d m become a scale of %d m", (metres, round) => {
  expect(roundLength(metres)).toBe(round);
});
