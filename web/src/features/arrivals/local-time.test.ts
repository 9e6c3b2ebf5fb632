import { expect, test } from "vitest";

import { localTime, momentOf } from "./local-time";

test("what is shown is what is meant, to the minute", () => {
  const moment = new Date(2026, 0, 5, 9, 7);
  expect(localTime(moment)).toBe("2026-01-05T09:07");
  expect(momentOf(localTime(moment))).toEqual(moment);
});

test("an empty or broken entry is no time", () => {
  expect(momentOf("")).toBeNull();
  expect(momentOf("tomorrow")).toBeNull();
});
