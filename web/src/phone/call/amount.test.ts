import { expect, test } from "vitest";

import { amountOf } from "./amount";

test.each([
  [0, "0 MB"],
  [12_600_000, "13 MB"],
  [999_400_000, "999 MB"],
  [1_234_000_000, "1.2 GB"],
])("%i bytes are %s", (bytes, amount) => {
  expect(amountOf(bytes)).toBe(amount);
});
