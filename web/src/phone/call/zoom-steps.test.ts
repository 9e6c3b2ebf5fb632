import { expect, test } from "vitest";

import { factorText, nextZoom } from "./zoom-steps";

const range = (value: number, step = 0.1) => ({ min: 1, max: 8, step, value });

test("each press zooms by half as much again, to the ends and no further", () => {
  expect([1, 1.5, 6].map((value) => nextZoom(range(value), "in"))).toEqual([1.5, 2.3, 8]);
  expect([8, 2.3, 1.2].map((value) => nextZoom(range(value), "out"))).toEqual([5.3, 1.5, 1]);
});

test("a coarse camera moves by its own step at least", () => {
  expect(nextZoom(range(1, 2), "in")).toBe(3);
  expect(nextZoom({ ...range(3, 2), max: 9 }, "out")).toBe(1);
});

test("factors are read with one decimal at most", () => {
  expect([1, 2.25, 5.3].map(factorText)).toEqual(["1", "2.3", "5.3"]);
});
