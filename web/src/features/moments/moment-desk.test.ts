/** Moments that are asked for again: only what is new is asked for, and nothing is lost or drawn twice. */
import { effectScope } from "vue";
import { expect, test } from "vitest";

import type { ApiClient, Schema } from "@/api/client";

import { createMomentDesk, withNewer, type Moment } from "./moment-desk";

function moment(id: string, second: number): Moment {
  const at = `2026-11-28T01:00:${String(second).padStart(2, "0")}Z`;
  return { id, at, kind: "participant.left", participant_id: "p", actor: "system", details: {} };
}

function answering(...answers: Schema<"Moments">[]): { client: ApiClient; asked: string[] } {
  const asked: string[] = [];
  const get = (path: string) => {
    asked.push(path);
    const next = answers.shift();
    return next === undefined ? Promise.reject(new Error("no network")) : Promise.resolve(next);
  };
  return { client: { get } as unknown as ApiClient, asked };
}

test("the second look asks for what came since the first, and keeps what is known", async () => {
  const first = { items: [moment("a", 5)], names: { p: "王强" }, asked_at: "2026-11-28T01:00:10Z" };
  const second = { items: [moment("a", 5), moment("late", 2)], names: {}, asked_at: "2026-11-28T01:00:20Z" };
  const { client, asked } = answering(first, second);
  const desk = effectScope().run(() => createMomentDesk(client, "i"));
  await desk?.reload();
  await desk?.reload();
  expect(asked).toEqual([
    "/api/inspections/i/moments",
    `/api/inspections/i/moments?since=${encodeURIComponent("2026-11-28T01:00:10Z")}`,
  ]);
  expect(desk?.moments.value?.map(({ id }) => id)).toEqual(["late", "a"]);
  expect(desk?.names.value).toEqual({ p: "王强" });
});

test("a look that failed is asked for again in full length", async () => {
  const first = { items: [moment("a", 5)], names: {}, asked_at: "2026-11-28T01:00:10Z" };
  const { client, asked } = answering(first);
  const desk = effectScope().run(() => createMomentDesk(client, "i"));
  await desk?.reload();
  await desk?.reload();
  await desk?.reload();
  expect(desk?.failure.value).toBeInstanceOf(Error);
  expect(asked[2]).toBe(asked[1]);
  expect(desk?.moments.value).toHaveLength(1);
});

test("nothing new leaves the list as it is", () => {
  const known = [moment("a", 1)];
  expect(withNewer(known, [moment("a", 1)])).toBe(known);
});
