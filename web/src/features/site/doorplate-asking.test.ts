import { expect, test } from "vitest";
import { nextTick, shallowRef } from "vue";

import type { PhotoRequestState } from "@/rtc/messages";

import { createDoorplateAsking } from "./doorplate-asking";

test("the next photo is asked for when the one before it is there", async () => {
  const notes: string[] = [];
  const list = shallowRef<readonly PhotoRequestState[]>([]);
  const ask = (_: string, __: object, note: string): string => `request-${notes.push(note)}`;
  const asking = createDoorplateAsking({ photos: { ask, list }, wordsOf: (step) => step });
  const answer = async (stage: PhotoRequestState["stage"]): Promise<void> => {
    const newest = { request_id: `request-${notes.length}`, stage } as PhotoRequestState;
    list.value = [...list.value.filter(({ request_id }) => request_id !== newest.request_id), newest];
    await nextTick();
  };

  asking.start("phone");
  expect(notes).toEqual(["street"]);
  await answer("sending");
  expect(notes).toHaveLength(1);
  await answer("sent");
  expect(notes).toEqual(["street", "number"]);
  await answer("declined");
  expect(notes).toEqual(["street", "number", "licence"]);
  expect(asking.isOver.value).toBe(false);
  await answer("sent");
  expect(asking.isOver.value).toBe(true);
  expect(asking.photos.value).toEqual(["sent", "declined", "sent"]);
  expect(notes).toHaveLength(3);
});
