import { expect, test } from "vitest";

import { begun, grown, isWorthKeeping } from "./shape-in-hand";

test("an arrow goes from where it was begun to where the hand is", () => {
  const arrow = grown(grown(begun("a", "arrow", "red", { x: 0.1, y: 0.1 }), { x: 0.3, y: 0.1 }), { x: 0.5, y: 0.61234567 });
  expect(arrow.points).toEqual([{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.6123 }]);
});

test("a line remembers its way, but not every tremble", () => {
  let line = begun("l", "line", "red", { x: 0.1, y: 0.1 });
  for (const x of [0.101, 0.15, 0.1501, 0.2]) line = grown(line, { x, y: 0.1 });
  expect(line.points.map(({ x }) => x)).toEqual([0.1, 0.1, 0.15, 0.2]);
});

test("a line without end keeps within what the server takes, and still ends at the hand", () => {
  let line = begun("l", "line", "red", { x: 0, y: 0 });
  for (let step = 1; step <= 3000; step += 1) line = grown(line, { x: (step % 100) / 100, y: (step % 77) / 77 });
  expect(line.points.length).toBeLessThanOrEqual(400);
  expect(line.points.at(-1)).toEqual({ x: 0, y: Math.round((3000 % 77) / 77 * 1e4) / 1e4 });
});

test("a click is no shape", () => {
  const circle = begun("c", "circle", "red", { x: 0.5, y: 0.5 });
  expect(isWorthKeeping(circle)).toBe(false);
  expect(isWorthKeeping(grown(circle, { x: 0.505, y: 0.505 }))).toBe(false);
  expect(isWorthKeeping(grown(circle, { x: 0.55, y: 0.5 }))).toBe(true);
});
