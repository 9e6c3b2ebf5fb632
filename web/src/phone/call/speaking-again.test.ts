import { expect, test, vi } from "vitest";

import { createSpeakingAgain } from "./speaking-again";

test("asks once for two presses, and again for a later one", async () => {
  const http = { delete: vi.fn(() => Promise.resolve()) };
  const speaking = createSpeakingAgain(http);
  await Promise.all([speaking.ask(), speaking.ask()]);
  expect(http.delete.mock.calls).toEqual([["/api/visit/silence"]]);
  await speaking.ask();
  expect(http.delete).toHaveBeenCalledTimes(2);
});

test("says that it came to nothing until it works", async () => {
  const http = { delete: vi.fn(() => Promise.resolve()) };
  http.delete.mockImplementationOnce(() => Promise.reject(new Error("no network")));
  const speaking = createSpeakingAgain(http);
  await speaking.ask();
  expect(speaking.failed.value).toBe(true);
  await speaking.ask();
  expect(speaking.failed.value).toBe(false);
});
