import { expect, test } from "vitest";

import { returnPathOf } from "./return-path";

test.each(["/cases/17", "/inspections/9/replay?t=2026-11-21T15:04:05%2B08:00", "/cases?query=a&page=2"])(
  "leads back to %s",
  (path) => expect(returnPathOf(path)).toBe(path),
);

test.each([
  ["another site", "https://evil.example/cases"],
  ["another site without a scheme", "//evil.example"],
  ["another site with a backslash, which browsers read as a slash", "/\\evil.example"],
  ["a script", "javascript:alert(1)"],
  ["the sign-in page itself", "/sign-in?return=/sign-in"],
  ["nothing", undefined],
  ["two values", ["/cases/1", "/cases/2"]],
])("leads to the cases in place of %s", (_what, value) => expect(returnPathOf(value)).toBe("/cases"));
