import { beforeEach, expect, test } from "vitest";

import { ApiError } from "@/api/client";
import type { ChatMessage } from "@/api/chat";
import { FakeClock, settle } from "@/rtc/testing/fake-clock";

import { ChatDesk, unreadOf } from "./chat-desk";
import { createChatMemory } from "./chat-memory";

interface Request {
  id: string;
  text: string;
  answer: () => void;
  fail: (code: string) => void;
}

let clock: FakeClock;
let stored: Map<string, string>;
let server: ChatMessage[];
let requests: Request[];
let unreachable: boolean;

beforeEach(() => {
  clock = new FakeClock();
  stored = new Map();
  server = [];
  requests = [];
  unreachable = false;
});

function message(id: string, text = id, participant_id = "inspector"): ChatMessage {
  return { id, text, participant_id, author_name: "陈立", role: "inspector", sent_at: "2026-11-21T07:00:00Z" };
}

function newDesk(): ChatDesk {
  let count = 0;
  const storage = { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, text: string) => void stored.set(key, text) };
  return new ChatDesk({
    clock,
    memory: createChatMemory("seat", () => storage),
    newId: () => `own-${(count += 1)}`,
    api: {
      list: () => (unreachable ? Promise.reject(new ApiError("network_unreachable", 0)) : Promise.resolve([...server])),
      say: (id, text) =>
        new Promise((resolve, reject) => {
          requests.push({
            id,
            text,
            answer: () => {
              if (!server.some((one) => one.id === id)) server.push(message(id, text, "me"));
              resolve(message(id, text, "me"));
            },
            fail: (code) => reject(new ApiError(code, 0)),
          });
        }),
    },
  });
}

const texts = (desk: ChatDesk): string[] => desk.state.value.said.map(({ text }) => text);
const waiting = (desk: ChatDesk): string[] => desk.state.value.unsent.map(({ text }) => text);
function last(): Request {
  const request = requests.at(-1);
  if (request === undefined) throw new Error("nothing was sent");
  return request;
}

test("what is written is sent in its order, and stands there once", async () => {
  const desk = newDesk();
  desk.say(" 好的 ");
  desk.say("请稍等");
  desk.say("   ");
  expect(requests.map(({ text }) => text)).toEqual(["好的"]);
  last().answer();
  await settle();
  await desk.reload();
  last().answer();
  await settle();
  expect([texts(desk), waiting(desk)]).toEqual([["好的", "请稍等"], []]);
});

test("without a network it is tried again, under the same id, and at once when the connection is back", async () => {
  const desk = newDesk();
  desk.say("好的");
  last().fail("network_unreachable");
  await clock.advance(500);
  last().fail("request_timed_out");
  await settle();
  expect(requests).toHaveLength(2);
  desk.hurry();
  expect(requests.map(({ id }) => id)).toEqual(["own-1", "own-1", "own-1"]);
  expect(waiting(desk)).toEqual(["好的"]);
});

test("what was not sent before a reload is sent after it, as the same message", async () => {
  newDesk().say("好的");
  const reloaded = newDesk();
  expect(requests.map(({ id }) => id)).toEqual(["own-1", "own-1"]);
  requests.forEach((request) => request.answer());
  await settle();
  expect([texts(reloaded), waiting(reloaded), server.length]).toEqual([["好的"], [], 1]);
  newDesk();
  expect(requests).toHaveLength(2);
});

test.each(["storage_unavailable", "not_signed_in"])("words that meet a passing error (%s) are still on their way", async (code) => {
  const desk = newDesk();
  desk.say("好的");
  last().fail(code);
  await settle();
  expect(desk.state.value.unsent.map(({ problem }) => problem)).toEqual([null]);
  desk.hurry();
  expect(requests).toHaveLength(2);
});

test("what the server refuses stays with its reason until it is given up, and the next one goes on", async () => {
  const desk = newDesk();
  desk.say("太晚");
  desk.say("再见");
  last().fail("inspection_ended");
  await settle();
  expect(desk.state.value.unsent.map(({ problem }) => problem)).toEqual(["inspection_ended", null]);
  expect(last().text).toBe("再见");
  desk.giveUp("own-1");
  expect(waiting(desk)).toEqual(["再见"]);
});

test("without a network what was read before stays in sight", async () => {
  server = [message("a")];
  const desk = newDesk();
  await desk.reload();
  unreachable = true;
  await desk.reload();
  expect(texts(desk)).toEqual(["a"]);
});

test("unread is what others have written since one looked, also after a reload", async () => {
  server = [message("a"), message("mine", "mine", "me"), message("b")];
  const desk = newDesk();
  await desk.reload();
  const unread = (one: ChatDesk): string[] => unreadOf(one.state.value, "me").map(({ id }) => id);
  expect(unread(desk)).toEqual(["a", "b"]);
  desk.markRead();
  server.push(message("c"));
  await desk.reload();
  expect(unread(desk)).toEqual(["c"]);
  const reloaded = newDesk();
  await reloaded.reload();
  expect(unread(reloaded)).toEqual(["c"]);
});
