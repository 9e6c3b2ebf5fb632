import { expect, test } from "vitest";

import { ApiError } from "@/api/client";

import { useAttempt } from "./use-attempt";

test("what fails says so to who tried it, is told, and asks anew for what may have changed", async () => {
  let asked = 0;
  const { attempt, failure, busy } = useAttempt(() => Promise.resolve(void (asked += 1)));
  const error = new ApiError("network_unreachable", 0);
  expect(await attempt(() => Promise.reject(error))).toBe(false);
  expect([failure.value, asked, busy.value]).toEqual([error, 1, false]);
  expect(await attempt(() => Promise.resolve())).toBe(true);
  expect([failure.value, asked]).toEqual([null, 1]);
});
