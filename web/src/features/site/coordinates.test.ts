import { describe, expect, test } from "vitest";

import { parseCoordinates, writeCoordinates, writeDistance } from "./coordinates";

describe("coordinates that somebody pastes", () => {
  test.each([
    ["38.2412, 104.6395", 38.2412, 104.6395],
    ["  38.2412，104.6395 ", 38.2412, 104.6395],
    ["38.2412 104.6395", 38.2412, 104.6395],
    ["38.2412° 104.6395°", 38.2412, 104.6395],
    ["104.6395,38.2412", 38.2412, 104.6395],
    ["-33.9, 18.4", -33.9, 18.4],
  ])("%s", (text, latitude, longitude) => {
    expect(parseCoordinates(text)).toEqual({ latitude, longitude });
  });

  test.each(["", "38.2412", "38, 104, 5", "north, east", "95, 190", "38.2.4, 104", "1e1, 5"])("%j is no place", (text) => {
    expect(parseCoordinates(text)).toBeNull();
  });

  test("read back as they were written", () => {
    const place = { latitude: 38.24123456, longitude: -104.5 };
    expect(parseCoordinates(writeCoordinates(place))).toEqual({ latitude: 38.2412346, longitude: -104.5 });
  });
});

test.each([
  [0.4, "0 m"],
  [86.4, "86 m"],
  [1440, "1.4 km"],
  [320_499, "320 km"],
])("%d metres are %s", (metres, text) => {
  expect(writeDistance(metres)).toBe(text);
});
