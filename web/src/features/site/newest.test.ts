import { expect, test } from "vitest";

import { newestOf } from "./newest";
import type { Report } from "./site-api";

const report = (at: string, distance_m: number): Report => ({
  participant_id: "phone",
  at,
  latitude: 38.2,
  longitude: 104.6,
  accuracy_m: 10,
  distance_m,
  nearness: "inside",
});

test("what was told after the last kept report is shown", () => {
  expect(newestOf([report("2026-11-27T01:00:00Z", 50)], report("2026-11-27T01:00:03Z", 3300))?.distance_m).toBe(3300);
  expect(newestOf([], report("2026-11-27T01:00:03Z", 3300))?.distance_m).toBe(3300);
});

test("of the same moment the kept one counts: its site may be registered anew", () => {
  const at = "2026-11-27T01:00:00Z";
  expect(newestOf([report(at, 0)], report(at, 3300))?.distance_m).toBe(0);
});

test("a phone that says that it has no position leaves the last one", () => {
  const none = { participant_id: "phone", at: "2026-11-27T01:00:09Z", why: "denied" as const };
  expect(newestOf([report("2026-11-27T01:00:00Z", 50)], none)?.distance_m).toBe(50);
  expect(newestOf([], none)).toBeNull();
  expect(newestOf([], null)).toBeNull();
});
