import { expect, test } from "vitest";

import { BackOff } from "./back-off";

test("waits as the protocol says: 0.5, 1, 2, 4, 5, 5 … seconds", () => {
  const backOff = new BackOff();
  expect(Array.from({ length: 7 }, () => backOff.nextMs())).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000]);
});

test("begins anew after a success", () => {
  const backOff = new BackOff();
  backOff.nextMs();
  backOff.nextMs();
  backOff.reset();
  expect(backOff.nextMs()).toBe(500);
});
