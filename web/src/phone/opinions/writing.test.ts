import { expect, test, vi } from "vitest";
import { ref } from "vue";

import { ApiError } from "@/api/client";

import { createWriting, draftKey } from "./writing";

const PLACE = { partId: "part", itemId: "item" };

function setUp() {
  const put = vi.fn<(path: string, body: unknown) => Promise<void>>(() => Promise.resolve());
  let made = 0;
  const drafts = ref<Record<string, string>>({ [draftKey(PLACE)]: " 合格 " });
  const unanswered = ref<Record<string, string>>({});
  const open = () => createWriting({ client: { put } as never, newId: () => `id-${(made += 1)}`, drafts, unanswered });
  return { put, writing: open(), reload: open };
}

test("sends what is written, trimmed, and clears the paper", async () => {
  const { put, writing } = setUp();
  expect(await writing.send(PLACE)).toBe(true);
  expect(put.mock.calls).toEqual([["/api/visit/opinions/id-1", { part_id: "part", checklist_item_id: "item", text: "合格" }]]);
  expect(writing.drafts.value[draftKey(PLACE)]).toBe("");
});

test("pressed twice it goes once, and an empty paper never", async () => {
  const { put, writing } = setUp();
  expect(await Promise.all([writing.send(PLACE), writing.send(PLACE)])).toEqual([true, false]);
  expect(await writing.send(PLACE)).toBe(false);
  expect(put).toHaveBeenCalledTimes(1);
});

test("sent again after a lost answer it keeps its id, and the text is not lost", async () => {
  const { put, writing } = setUp();
  put.mockImplementationOnce(() => Promise.reject(new ApiError("network_unreachable", 0)));
  expect(await writing.send(PLACE)).toBe(false);
  expect(writing.failure.value).toBeInstanceOf(ApiError);
  expect(writing.drafts.value[draftKey(PLACE)]).toBe(" 合格 ");
  expect(await writing.send(PLACE)).toBe(true);
  expect(put.mock.calls.map(([path]) => path)).toEqual(["/api/visit/opinions/id-1", "/api/visit/opinions/id-1"]);
});

test("sent again after a reload it is the same opinion still", async () => {
  const { put, writing, reload } = setUp();
  put.mockImplementationOnce(() => Promise.reject(new ApiError("network_unreachable", 0)));
  await writing.send(PLACE);
  expect(await reload().send(PLACE)).toBe(true);
  expect(put.mock.calls.map(([path]) => path)).toEqual(["/api/visit/opinions/id-1", "/api/visit/opinions/id-1"]);
});

test("another text is another opinion", async () => {
  const { put, writing } = setUp();
  await writing.send(PLACE);
  writing.drafts.value = { [draftKey(PLACE)]: "还是不合格" };
  await writing.send(PLACE);
  expect(put.mock.calls.map(([path]) => path)).toEqual(["/api/visit/opinions/id-1", "/api/visit/opinions/id-2"]);
});

test("what is typed while it is on its way stays", async () => {
  const { put, writing } = setUp();
  put.mockImplementationOnce(() => {
    writing.drafts.value = { [draftKey(PLACE)]: "合格，另需" };
    return Promise.resolve();
  });
  await writing.send(PLACE);
  expect(writing.drafts.value[draftKey(PLACE)]).toBe("合格，另需");
});
