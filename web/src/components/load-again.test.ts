import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { loadPageAgain } from "./load-again";

const reload = vi.fn();
const answers: (() => Promise<{ ok: boolean }>)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  reload.mockClear();
  answers.length = 0;
  vi.stubGlobal("window", { location: { reload } });
  vi.stubGlobal("fetch", () => (answers.shift() ?? (() => Promise.resolve({ ok: true })))());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the page is loaded again as soon as the server answers, and not before", async () => {
  answers.push(
    () => Promise.reject(new TypeError("no network")),
    () => Promise.resolve({ ok: false }),
  );
  void loadPageAgain();
  await vi.advanceTimersByTimeAsync(3_100);
  expect(reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(reload).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reload).toHaveBeenCalledOnce();
});
