import { beforeEach, expect, test } from "vitest";

import { ApiError } from "@/api/client";
import { aboutEvidence, type Evidence } from "@/api/evidence";
import type { UploadOptions } from "@/api/upload";
import { FakeClock, settle } from "@/rtc/testing/fake-clock";

import { Outbox, type Outgoing, type OutgoingStore } from "./outbox";

interface Request {
  id: string;
  answer: () => void;
  fail: (code: string) => void;
  progress: (fraction: number) => void;
}

let clock: FakeClock;
let store: OutgoingStore;
let requests: Request[];

beforeEach(() => {
  clock = new FakeClock();
  store = createMemoryStore();
  requests = [];
});

/** Keeps nothing beyond the test. */
function createMemoryStore(): OutgoingStore {
  const kept = new Map<string, Outgoing>();
  return {
    all: () => Promise.resolve([...kept.values()]),
    add: (outgoing) => Promise.resolve(void kept.set(outgoing.id, outgoing)),
    remove: (id) => Promise.resolve(void kept.delete(id)),
  };
}

function send(id: string, _about: unknown, _file: unknown, options: UploadOptions = {}): Promise<Evidence> {
  return new Promise((resolve, reject) => {
    options.signal?.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
    requests.push({
      id,
      answer: () => resolve({ id } as Evidence),
      fail: (code) => reject(new ApiError(code, 0)),
      progress: (fraction) => options.onProgress?.(fraction),
    });
  });
}

function outgoing(id: string, kind: "photo" | "clip" = "photo"): Outgoing {
  return { id, about: aboutEvidence(kind, Date.UTC(2026, 10, 21)), file: new Blob(["x"]), requestId: null };
}

const newOutbox = (): Outbox => new Outbox({ store, send, clock });
const states = (outbox: Outbox): string[] => outbox.letters.value.map(({ state }) => state.name);
const last = (): Request => {
  const request = requests.at(-1);
  if (request === undefined) throw new Error("nothing was sent");
  return request;
};

test("a photo is kept before it is sent, tells its progress, and is forgotten when the server has it", async () => {
  const outbox = newOutbox();
  await outbox.add(outgoing("a"));
  expect((await store.all()).map(({ id }) => id)).toEqual(["a"]);
  last().progress(0.4);
  expect(outbox.letters.value[0]?.state).toEqual({ name: "sending", fraction: 0.4 });
  last().answer();
  await settle();
  expect(states(outbox)).toEqual(["sent"]);
  expect(await store.all()).toEqual([]);
});

test("one at a time, pictures before videos", async () => {
  const outbox = newOutbox();
  await outbox.add(outgoing("first"));
  await outbox.add(outgoing("video", "clip"));
  await outbox.add(outgoing("second"));
  expect(requests).toHaveLength(1);
  last().answer();
  await settle();
  last().answer();
  await settle();
  expect(requests.map(({ id }) => id)).toEqual(["first", "second", "video"]);
});

test("while there is no network it is tried again, later and later, and nothing else is sent meanwhile", async () => {
  const outbox = newOutbox();
  await outbox.add(outgoing("a"));
  await outbox.add(outgoing("b"));
  last().fail("network_unreachable");
  await settle();
  expect(states(outbox)).toEqual(["delayed", "waiting"]);
  await clock.advance(499);
  expect(requests).toHaveLength(1);
  await clock.advance(1);
  expect(requests.map(({ id }) => id)).toEqual(["a", "a"]);
  last().fail("network_unreachable");
  await clock.advance(999);
  expect(requests).toHaveLength(2);
  outbox.hurry();
  expect(requests).toHaveLength(3);
});

test.each(["not_signed_in", "storage_unavailable"])("what passes by itself (%s) is no refusal", async (code) => {
  const outbox = newOutbox();
  await outbox.add(outgoing("a"));
  last().fail(code);
  await settle();
  expect(states(outbox)).toEqual(["delayed"]);
});

test("what the server refuses stays with its reason, and the next one goes on", async () => {
  const outbox = newOutbox();
  await outbox.add(outgoing("a"));
  await outbox.add(outgoing("b"));
  last().fail("file_type_refused");
  await settle();
  expect(outbox.letters.value[0]?.state).toMatchObject({ name: "refused", code: "file_type_refused" });
  expect(last().id).toBe("b");
  expect(await store.all()).toHaveLength(2);
  outbox.retry("a");
  last().answer();
  await settle();
  expect(last().id).toBe("a");
});

test("a new page takes up what the old one left", async () => {
  await newOutbox().add(outgoing("a"));
  requests = [];
  const later = newOutbox();
  await later.open();
  expect(last().id).toBe("a");
  last().answer();
  await settle();
  expect(states(later)).toEqual(["sent"]);
});

test("what the person gives up is not sent on, and the next one is", async () => {
  const outbox = newOutbox();
  await outbox.add(outgoing("a"));
  await outbox.add(outgoing("b"));
  await outbox.remove("a");
  await settle();
  expect(last().id).toBe("b");
  expect((await store.all()).map(({ id }) => id)).toEqual(["b"]);
});

test.each(["QuotaExceededError", "AbortError"])("a store that keeps nothing (%s) holds nothing up", async (name) => {
  const fails = (): Promise<never> => Promise.reject(new DOMException("full", name));
  store = { ...createMemoryStore(), add: fails, remove: fails };
  const outbox = newOutbox();
  await expect(outbox.add(outgoing("a"))).rejects.toThrow("full");
  expect(last().id).toBe("a");
  last().answer();
  await settle();
  expect(states(outbox)).toEqual(["sent"]);
  await outbox.remove("a");
  expect(states(outbox)).toEqual([]);
});

test("a closed one sends nothing more", async () => {
  const outbox = newOutbox();
  await outbox.add(outgoing("a"));
  outbox.close();
  await settle();
  await clock.advance(60_000);
  expect(requests).toHaveLength(1);
});
