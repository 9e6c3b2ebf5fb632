import { effectScope, ref } from "vue";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useBriefNews } from "./use-brief-news";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what was told speaks the language that is switched to meanwhile, and goes after two seconds", () => {
  const words = ref("已截图");
  const scope = effectScope();
  const { news, tell } = scope.run(useBriefNews) as ReturnType<typeof useBriefNews>;
  tell(() => words.value);
  expect(news.value).toBe("已截图");
  words.value = "Still taken";
  expect(news.value).toBe("Still taken");
  vi.advanceTimersByTime(2000);
  expect(news.value).toBe("");
  scope.stop();
});
