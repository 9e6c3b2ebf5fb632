import { expect, test } from "vitest";

import { levelOf } from "./sound-level";

function tone(amplitude: number): Float32Array {
  return Float32Array.from({ length: 2048 }, (_, index) => amplitude * Math.sin(index / 3));
}

test("silence is nothing, and loud speech is everything", () => {
  expect(levelOf(new Float32Array(0))).toBe(0);
  expect(levelOf(new Float32Array(2048))).toBe(0);
  expect(levelOf(tone(0.001))).toBe(0);
  expect(levelOf(tone(0.9))).toBe(1);
});

test("twice as loud is always one step more", () => {
  const [a = 0, b = 0, c = 0] = [0.02, 0.04, 0.08].map((amplitude) => levelOf(tone(amplitude)));
  expect(b - a).toBeGreaterThan(0.05);
  expect(c - b).toBeCloseTo(b - a, 3);
});
