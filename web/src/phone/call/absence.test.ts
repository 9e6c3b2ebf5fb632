import { expect, test } from "vitest";

import { createAbsenceWatch } from "./absence";

test("a picture that was away is told of once it is back, with how long and why", () => {
  const watch = createAbsenceWatch();
  expect(watch.now("on", 0)).toBeNull();
  expect(watch.now("unavailable", 1000)).toBeNull();
  expect(watch.now("background", 1400)).toBeNull();
  expect(watch.now("taken", 12_600)).toBeNull();
  expect(watch.now("on", 13_000)).toEqual({ seconds: 12, why: "background" });
  expect(watch.now("on", 14_000)).toBeNull();
});

test("a phone call takes the camera while the page stays", () => {
  const watch = createAbsenceWatch();
  watch.now("taken", 0);
  watch.now("unavailable", 1500);
  expect(watch.now("on", 5000)).toEqual({ seconds: 5, why: "taken" });
});

test("a moment, and a camera that was turned off, are no news", () => {
  const watch = createAbsenceWatch();
  watch.now("unavailable", 0);
  expect(watch.now("on", 1900)).toBeNull();
  watch.now("background", 2000);
  expect(watch.now("off", 9000)).toBeNull();
  expect(watch.now("on", 20_000)).toBeNull();
});
