import { beforeEach, expect, test } from "vitest";
import { nextTick, shallowRef } from "vue";

import type { Wanted } from "@/features/evidence/photo-requests";
import type { PhotoRequestState } from "@/rtc/messages";

import { createDoorplateAsking, type DoorplateAsking } from "./doorplate-asking";

const steps: string[] = [];
const cancelled: string[] = [];
const list = shallowRef<readonly PhotoRequestState[]>([]);

beforeEach(() => {
  steps.length = cancelled.length = 0;
  list.value = [];
});

function ask(_: string, __: object, wanted: Wanted): string {
  return `request-${steps.push("doorplate" in wanted ? wanted.doorplate : "")}`;
}

async function answer(stage: PhotoRequestState["stage"]): Promise<void> {
  const newest = { request_id: `request-${steps.length}`, stage } as PhotoRequestState;
  list.value = [...list.value.filter(({ request_id }) => request_id !== newest.request_id), newest];
  await nextTick();
}

function asker(): DoorplateAsking {
  return createDoorplateAsking({ ask, cancel: (id) => cancelled.push(id), list });
}

test("the next photo is asked for when the one before it is there", async () => {
  const asking = asker();
  asking.start("phone");
  expect(steps).toEqual(["street"]);
  await answer("sending");
  expect(steps).toHaveLength(1);
  await answer("sent");
  expect(steps).toEqual(["street", "number"]);
  await answer("declined");
  expect(steps).toEqual(["street", "number", "licence"]);
  await answer("sent");
  expect(asking.photosOf("phone")).toEqual(["sent", "declined", "sent"]);
  expect(asking.photosOf("another phone")).toEqual([]);
  expect(steps).toHaveLength(3);
});

test("begun anew it asks for the first one again, and takes back what was not answered", async () => {
  const asking = asker();
  asking.start("phone");
  await answer("sent");
  // The room that knew of this wish is gone: it never comes back as anything.
  asking.start("phone");
  expect(cancelled).toEqual(["request-2"]);
  expect(steps).toEqual(["street", "number", "street"]);
  await answer("sent");
  asking.start("phone");
  expect(cancelled).toEqual(["request-2", "request-4"]);
});
