import { effectScope, type EffectScope } from "vue";
import { afterEach, beforeEach, expect, test } from "vitest";

import { ApiError } from "@/api/client";

import { type Loaded, useLoaded } from "./use-loaded";

interface Request {
  signal: AbortSignal;
  answer: (value: string) => void;
  fail: (error: unknown) => void;
}

let requests: Request[];
let scope: EffectScope;
let page: Loaded<string>;

beforeEach(() => {
  requests = [];
  scope = effectScope();
  page = scope.run(() =>
    useLoaded((signal) => new Promise<string>((answer, fail) => requests.push({ signal, answer, fail }))),
  ) as Loaded<string>;
});
afterEach(() => scope.stop());

const request = (index: number): Request => requests[index] as Request;

test("shows loading, then the value", async () => {
  const loading = page.load();
  expect([page.loading.value, page.value.value]).toEqual([true, null]);
  request(0).answer("cases");
  await loading;
  expect([page.loading.value, page.value.value, page.error.value]).toEqual([false, "cases", null]);
});

test("keeps what is shown while a later load fails, and forgets the error when it works again", async () => {
  const first = page.load();
  request(0).answer("cases");
  await first;
  const second = page.load();
  const failure = new ApiError("network_unreachable", 0);
  request(1).fail(failure);
  await second;
  expect([page.value.value, page.error.value]).toEqual(["cases", failure]);
  const third = page.load();
  request(2).answer("newer");
  await third;
  expect([page.value.value, page.error.value]).toEqual(["newer", null]);
});

test("drops the answer to an older question, even when it comes last", async () => {
  const older = page.load();
  const newer = page.load();
  expect(request(0).signal.aborted).toBe(true);
  request(1).answer("newer");
  await newer;
  request(0).answer("older");
  await older;
  expect([page.value.value, page.loading.value]).toEqual(["newer", false]);
});

test("gives the request up when the page is left", async () => {
  const loading = page.load();
  scope.stop();
  expect(request(0).signal.aborted).toBe(true);
  request(0).fail(new DOMException("given up", "AbortError"));
  await loading;
  expect(page.error.value).toBeNull();
});

test("refreshes what is shown without a word, also where that fails", async () => {
  const first = page.load();
  void page.refresh();
  request(0).answer("cases");
  await first;
  expect(requests).toHaveLength(1);
  const failing = page.refresh();
  expect(page.loading.value).toBe(false);
  request(1).fail(new ApiError("network_unreachable", 0));
  await failing;
  expect([page.value.value, page.error.value]).toEqual(["cases", null]);
  const working = page.refresh();
  request(2).answer("more cases");
  await working;
  expect(page.value.value).toBe("more cases");
});
