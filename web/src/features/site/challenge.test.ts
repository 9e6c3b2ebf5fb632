import { expect, test } from "vitest";

import { justDone } from "./challenge";
import type { Challenge } from "./site-api";

const ME = "user:me";

function challenge(id: string, outcome: Challenge["outcome"], asked_by = ME): Challenge {
  return { id, outcome, asked_by } as Challenge;
}

test.each(["seen", "confirmed"] as const)("a challenge that was open and is %s now is done", (outcome) => {
  const done = challenge("a", outcome);
  expect(justDone([challenge("a", null)], [done], ME)).toEqual([done]);
});

test.each([
  ["failed", [challenge("a", null)], challenge("a", "failed")],
  ["run out of time", [challenge("a", null)], challenge("a", "expired")],
  ["still open", [challenge("a", null)], challenge("a", null)],
  ["confirmed after the server saw it", [challenge("a", "seen")], challenge("a", "confirmed")],
  ["done before this page looked", [], challenge("a", "confirmed")],
  ["a colleague's", [challenge("a", null, "user:other")], challenge("a", "seen", "user:other")],
])("what is %s is not", (_, before, now) => {
  expect(justDone(before, [now], ME)).toEqual([]);
});
