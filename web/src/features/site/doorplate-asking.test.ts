import { expect, test } from "vitest";
import { nextTick, shallowRef } from "vue";

import type { Wanted } from "@/features/evidence/photo-requests";
import type { PhotoRequestState } from "@/rtc/messages";

import { createDoorplateAsking } from "./doorplate-asking";

test("the next photo is asked for when the one before it is there", async () => {
  const steps: string[] = [];
  const list = shallowRef<readonly PhotoRequestState[]>([]);
  const ask = (_: string, __: object, wanted: Wanted): string =>
    `request-${steps.push("doorplate" in wanted ? wanted.doorplate : "")}`;
  const asking = createDoorplateAsking({ ask, list });
  const answer = async (stage: PhotoRequestState["stage"]): Promise<void> => {
    const newest = { request_id: `request-${steps.length}`, stage } as PhotoRequestState;
    list.value = [...list.value.filter(({ request_id }) => request_id !== newest.request_id), newest];
    await nextTick();
  };

  asking.start("phone");
  expect(steps).toEqual(["street"]);
  await answer("sending");
  expect(steps).toHaveLength(1);
  await answer("sent");
  expect(steps).toEqual(["street", "number"]);
  await answer("declined");
  expect(steps).toEqual(["street", "number", "licence"]);
  expect(asking.isUnderWay.value).toBe(true);
  await answer("sent");
  expect(asking.isUnderWay.value).toBe(false);
  expect(asking.photosOf("phone")).toEqual(["sent", "declined", "sent"]);
  expect(asking.photosOf("another phone")).toEqual([]);
  expect(steps).toHaveLength(3);
});
