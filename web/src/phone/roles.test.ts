import { describe, expect, test } from "vitest";

import { draws, operates, profileOf, taskOf } from "./roles";

describe("what a role is invited for", () => {
  test.each([
    ["enterprise", "show"],
    ["helper", "show"],
    ["expert", "advise"],
    ["inspector", "advise"],
    ["observer", "watch"],
  ] as const)("%s: to %s", (role, task) => {
    expect(taskOf(role)).toBe(task);
  });

  test("who only watches has no device to try", () => {
    expect(profileOf("observer")).toBeNull();
  });
});

test("an expert draws and does not operate, a helper does both, the enterprise and an observer neither", () => {
  const able = (["enterprise", "helper", "expert", "inspector", "observer"] as const).map((role) => [role, draws(role), operates(role)]);
  expect(able).toEqual([
    ["enterprise", false, false],
    ["helper", true, true],
    ["expert", true, false],
    ["inspector", true, true],
    ["observer", false, false],
  ]);
});
