import { expect, test } from "vitest";

import { nextStep } from "./doorplate";

test("one photo after the other", () => {
  expect(nextStep([])).toBe("street");
  expect(nextStep(["asked"])).toBeNull();
  expect(nextStep(["sent"])).toBe("number");
  expect(nextStep(["sent", "declined"])).toBe("licence");
  expect(nextStep(["sent", "declined", "asked"])).toBeNull();
  expect(nextStep(["sent", "declined", "sent"])).toBeNull();
});
