import { expect, test } from "vitest";

import { browserChance, randomDelayMs, randomTask, TASKS, WITHIN_MS } from "./chance";

test("every task can come, and no other", () => {
  const tasks = [0, 0.2, 0.34, 0.5, 0.67, 0.999_999].map((value) => randomTask(() => value));
  expect(new Set(tasks)).toEqual(new Set(TASKS));
});

test("the moment lies within five minutes and not at once", () => {
  expect(randomDelayMs(() => 0)).toBe(20_000);
  expect(randomDelayMs(() => 0.999_999_999)).toBeLessThanOrEqual(WITHIN_MS);
  expect(randomDelayMs(() => 0.5)).toBe(160_000);
});

test("the browser's chance is within its bounds and not always the same", () => {
  const values = Array.from({ length: 200 }, browserChance);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(values).size).toBeGreaterThan(100);
});
