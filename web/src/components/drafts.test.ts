import { effectScope } from "vue";
import { beforeEach, expect, test } from "vitest";

import { createDrafts, type Drafts } from "./drafts";

let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
});

function storage() {
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** As a page that is opened and closed again. */
function onAPage(act: (drafts: Drafts) => void, store: () => ReturnType<typeof storage> = storage): void {
  const scope = effectScope();
  scope.run(() => act(createDrafts("drafts", store)));
  scope.stop();
}

test("the next page has what was being written, to the last letter", () => {
  onAPage((drafts) => {
    drafts.value["point"] = "合";
    drafts.value["point"] = "合格";
  });
  onAPage((drafts) => expect(drafts.value).toEqual({ point: "合格" }));
});

test("what was sent or given up leaves nothing behind", () => {
  onAPage((drafts) => (drafts.value["point"] = "合格"));
  onAPage((drafts) => (drafts.value = { point: "" }));
  expect(kept.size).toBe(0);
});

test("a browser that keeps nothing still lets people write", () => {
  const refuse = (): never => {
    throw new DOMException("no", "SecurityError");
  };
  onAPage((drafts) => {
    drafts.value = { point: "合格" };
    expect(drafts.value).toEqual({ point: "合格" });
  }, refuse);
});

test("what somebody else left there is no obstacle", () => {
  kept.set("drafts", "no json");
  onAPage((drafts) => expect(drafts.value).toEqual({}));
});
