import { expect, test } from "vitest";
import { shallowRef } from "vue";

import { ApiError, type Schema } from "@/api/client";
import type { Outcome } from "@/features/outcome/outcome-api";

import { createOutcomeNews } from "./outcome-news";

function situation(door: () => Promise<Schema<"WaitView">>) {
  const outcome = shallowRef<Outcome | null>(null);
  const seen = { reloads: 0, ended: 0 };
  let next: Outcome["state"] = "open";
  const desk = {
    outcome,
    reload: () => {
      seen.reloads += 1;
      outcome.value = { state: next } as Outcome;
      return Promise.resolve();
    },
  };
  const news = createOutcomeNews({ guest: { waiting: door }, desk, ended: () => (seen.ended += 1) });
  return { news, seen, end: () => (next = "ended") };
}

const waits = (admitted: boolean): Promise<Schema<"WaitView">> => Promise.resolve({ admitted } as Schema<"WaitView">);

test("the result is asked for only by who was let in, and from then on without the door", async () => {
  const answers = [false, true];
  const { news, seen } = situation(() => waits(answers.shift() ?? false));
  await news.ask();
  expect(seen.reloads).toBe(0);
  await news.ask();
  await news.ask();
  expect(seen).toEqual({ reloads: 2, ended: 0 });
});

test("the end is noticed by who was let in and by who was not", async () => {
  const inside = situation(() => waits(true));
  inside.end();
  await inside.news.ask();
  expect(inside.seen.ended).toBe(1);

  const outside = situation(() => Promise.reject(new ApiError("inspection_ended", 410)));
  await outside.news.ask();
  expect(outside.seen).toEqual({ reloads: 0, ended: 1 });
});

test("without a network nothing is over", async () => {
  const { news, seen } = situation(() => Promise.reject(new ApiError("network_unreachable", 0)));
  await news.ask();
  expect(seen).toEqual({ reloads: 0, ended: 0 });
});
