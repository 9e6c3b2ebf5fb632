import { expect, test, vi } from "vitest";

import { ApiError } from "@/api/client";

import { createPeopleDesk } from "./people-desk";

function client() {
  return { put: vi.fn(() => Promise.resolve()), delete: vi.fn(() => Promise.resolve()) };
}

test("asks the routes of that person", async () => {
  const http = client();
  const desk = createPeopleDesk(http as never, "i/1");
  await desk.silence("p");
  await desk.letSpeak("p");
  await desk.remove("p");
  expect(http.put.mock.calls).toEqual([["/api/inspections/i%2F1/participants/p/silence", {}]]);
  expect(http.delete.mock.calls).toEqual([
    ["/api/inspections/i%2F1/participants/p/silence"],
    ["/api/inspections/i%2F1/participants/p"],
  ]);
});

test("a double click asks once, and others are not held up", async () => {
  const http = client();
  const desk = createPeopleDesk(http as never, "i");
  const first = desk.remove("p");
  expect(desk.busy.value.has("p")).toBe(true);
  await Promise.all([first, desk.remove("p"), desk.remove("q")]);
  expect(http.delete.mock.calls).toHaveLength(2);
  expect(desk.busy.value.size).toBe(0);
});

test("a refusal is told until something works", async () => {
  const http = client();
  const refusal = new ApiError("not_allowed", 403);
  http.delete.mockImplementationOnce(() => Promise.reject(refusal));
  const desk = createPeopleDesk(http as never, "i");
  await desk.remove("p");
  expect(desk.failure.value).toBe(refusal);
  await desk.silence("p");
  expect(desk.failure.value).toBeNull();
});
