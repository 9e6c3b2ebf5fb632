/** Decisions on their way: nothing is lost by a reload or a dead network, nothing is sent twice as two. */
import { expect, test } from "vitest";

import { ApiError } from "@/api/client";
import { FakeClock, settle } from "@/rtc/testing/fake-clock";

import { createLocalStore, DecisionQueue, type DecisionStore, type NewDecision } from "./decision-queue";

function decision(more: Partial<NewDecision> = {}): NewDecision {
  return {
    part_id: "part",
    checklist_item_id: "item",
    judgement: "fail",
    note: "",
    severity: null,
    remedy: "",
    deadline: null,
    decided_at: "2026-11-27T08:00:00.000Z",
    ...more,
  };
}

class MemoryStorage {
  private readonly values = new Map<string, string>();
  getItem = (key: string): string | null => this.values.get(key) ?? null;
  setItem(key: string, value: string): void {
    this.values.set(key, value);
    Object.defineProperty(this, key, { value, enumerable: true, configurable: true });
  }
  removeItem(key: string): void {
    this.values.delete(key);
    Reflect.deleteProperty(this, key);
  }
}

/** A server that answers as it is told, and the queue in front of it. */
function stage(storage = new MemoryStorage()) {
  const sent: { id: string; body: NewDecision }[] = [];
  const answers: (Error | "never")[] = [];
  const clock = new FakeClock();
  const store: DecisionStore = createLocalStore("d.", () => storage as unknown as Storage);
  let count = 0;
  const queue = new DecisionQueue({
    store,
    clock,
    newId: () => `id-${(count += 1)}-${sent.length}`,
    async send(id, body) {
      sent.push({ id, body });
      const answer = answers.shift();
      if (answer === "never") await new Promise(() => undefined);
      if (answer instanceof Error) throw answer;
    },
  });
  return { storage, sent, answers, clock, store, queue };
}

test("what is acknowledged leaves the store", async () => {
  const { queue, sent, store } = stage();
  queue.put(decision());
  expect(store.all()).toHaveLength(1);
  expect(queue.state.value).toEqual({ name: "saving" });
  await settle();
  expect(sent).toHaveLength(1);
  expect(store.all()).toEqual([]);
  expect(queue.state.value).toEqual({ name: "saved" });
});

test("a reload in the middle of a request sends the same decision again", async () => {
  const before = stage();
  before.answers.push("never");
  before.queue.put(decision({ note: "破损" }));
  await settle();
  before.queue.close();
  const after = stage(before.storage);
  after.queue.open();
  await settle();
  expect(after.sent).toEqual(before.sent);
  expect(after.store.all()).toEqual([]);
});

test("a reload in the middle of a word sends the word", async () => {
  const before = stage();
  before.queue.put(decision({ note: "破" }), 600);
  before.queue.put(decision({ note: "破损", decided_at: "2026-11-27T08:00:01.000Z" }), 600);
  before.queue.close();
  expect(before.sent).toEqual([]);
  const after = stage(before.storage);
  after.queue.open();
  await settle();
  expect(after.sent.map(({ body }) => [body.note, body.decided_at])).toEqual([["破损", "2026-11-27T08:00:00.000Z"]]);
});

test("words rest before they are sent; a judgement does not", async () => {
  const { queue, sent, clock } = stage();
  queue.put(decision({ note: "a" }), 600);
  await settle();
  await clock.advance(599);
  queue.put(decision({ note: "ab" }), 600);
  await clock.advance(599);
  await settle();
  expect(sent).toEqual([]);
  await clock.advance(1);
  await settle();
  expect(sent.map(({ body }) => body.note)).toEqual(["ab"]);
  queue.put(decision({ judgement: "pass" }));
  await settle();
  expect(sent).toHaveLength(2);
});

test("what may have reached the server is changed by a new decision only", async () => {
  const { queue, sent, answers } = stage();
  answers.push("never");
  queue.put(decision());
  await settle();
  queue.put(decision({ note: "更多" }));
  expect(queue.waiting.value.map(({ body }) => body.note)).toEqual(["", "更多"]);
  expect(sent).toHaveLength(1);
});

test("different judgements of one point are all kept, in their order", async () => {
  const { queue, sent, answers, clock } = stage();
  answers.push(new ApiError("network_unreachable", 0));
  for (const judgement of ["pass", "fail", null] as const) queue.put(decision({ judgement }));
  await settle();
  expect(queue.state.value).toEqual({ name: "delayed", code: "network_unreachable" });
  await clock.advance(500);
  await settle();
  expect(sent.map(({ body }) => body.judgement)).toEqual(["pass", "pass", "fail", null]);
  expect(sent[0]?.id).toBe(sent[1]?.id);
  expect(queue.state.value).toEqual({ name: "saved" });
});

test("a dead network is tried for as long as it takes, and at once when it is back", async () => {
  const { queue, sent, answers, clock } = stage();
  answers.push(...Array.from({ length: 20 }, () => new ApiError("network_unreachable", 0)));
  queue.put(decision());
  for (let second = 0; second < 60; second += 1) {
    await settle();
    await clock.advance(1000);
  }
  await settle();
  const tries = sent.length;
  expect(tries).toBeGreaterThan(10);
  expect(queue.waiting.value).toHaveLength(1);
  answers.length = 0;
  queue.hurry();
  await settle();
  expect(sent).toHaveLength(tries + 1);
  expect(queue.waiting.value).toEqual([]);
});

test("what the server refuses stays, with its reason, until the person decides", async () => {
  const { queue, sent, answers, store } = stage();
  answers.push(new ApiError("part_concluded", 409));
  queue.put(decision());
  queue.put(decision({ checklist_item_id: "other" }));
  await settle();
  expect(queue.state.value).toMatchObject({ name: "refused", refusal: { code: "part_concluded" } });
  expect(store.all()).toHaveLength(2);
  queue.discard();
  await settle();
  expect(sent.map(({ body }) => body.checklist_item_id)).toEqual(["item", "other"]);
  expect(queue.state.value).toEqual({ name: "saved" });
});

test("a browser that keeps nothing still sends", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const store = createLocalStore("d.", () => {
    throw new DOMException("forbidden", "SecurityError");
  });
  const queue = new DecisionQueue({ store, clock, newId: () => "id", send: (id) => Promise.resolve(void sent.push(id)) });
  queue.open();
  queue.put(decision());
  await settle();
  expect(sent).toEqual(["id"]);
  expect(queue.waiting.value).toEqual([]);
});
