import { expect, test } from "vitest";

import { lowBattery } from "./battery";

const left = (percent: number, charging = false) => ({ percent, charging });

test("15 percent and less is too little, but not on the charger", () => {
  expect(lowBattery(left(16), null)).toBeNull();
  expect(lowBattery(left(15), null)).toBe(15);
  expect(lowBattery(left(3, true), null)).toBeNull();
  expect(lowBattery(null, null)).toBeNull();
});

test("who closed the warning hears it once more at the very end", () => {
  expect(lowBattery(left(14), 15)).toBeNull();
  expect(lowBattery(left(5), 15)).toBe(5);
  expect(lowBattery(left(4), 5)).toBeNull();
});
