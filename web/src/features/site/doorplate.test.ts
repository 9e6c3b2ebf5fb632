import { expect, test } from "vitest";

import { nextStep, progress, type Step } from "./doorplate";

test("one photo after the other", () => {
  expect(nextStep([])).toBe("street");
  expect(nextStep(["asked"])).toBeNull();
  expect(nextStep(["sent"])).toBe("number");
  expect(nextStep(["sent", "declined"])).toBe("licence");
  expect(nextStep(["sent", "declined", "asked"])).toBeNull();
  expect(nextStep(["sent", "declined", "sent"])).toBeNull();
});

const photo = (doorplate: Step, participant_id = "phone", withdrawn_at: string | null = null) => ({ doorplate, participant_id, withdrawn_at });

test("a photo that the phone sent by itself counts like one that was asked for", () => {
  const shown = (...args: Parameters<typeof progress>) => progress(...args).map((each) => each.photo);
  expect(shown([], [photo("street"), photo("licence")], "phone")).toEqual(["sent", "missing", "sent"]);
  expect(shown(["declined", "asked"], [photo("street")], "phone")).toEqual(["sent", "asked", "missing"]);
  expect(shown([], [photo("street", "another phone"), photo("number", "phone", "2026-11-28T08:00:00Z")], "phone")).toEqual([
    "missing",
    "missing",
    "missing",
  ]);
});
