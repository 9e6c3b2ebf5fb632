import { effectScope, type EffectScope } from "vue";
import { afterEach, beforeEach, expect, test } from "vitest";

import { MessageHub } from "@/rtc/message-hub";
import type { DrawnOnPicture, ServerMessage } from "@/rtc/messages";
import { FakeClock } from "@/rtc/testing/fake-clock";
import { WELCOME } from "@/rtc/testing/fake-socket";

import { createBoards, isMarked, type Boards } from "./boards";

let clock: FakeClock;
let messages: MessageHub;
let boards: Boards;
let scope: EffectScope;

beforeEach(() => {
  clock = new FakeClock();
  messages = new MessageHub();
  scope = effectScope();
  boards = scope.run(() => createBoards(clock)) as Boards;
  boards.follow({ messages });
});
afterEach(() => scope.stop());

const PHONE = { participant_id: "wang", source: "camera" };
const FROZEN = { freeze: "f1", author: "li", frozen_at: "2026-11-21T07:00:00Z", jpeg: null };

function arrow(id: string, tip = 1): DrawnOnPicture {
  return { author: "li", aspect: 1.5, shape: { id, kind: "arrow", ink: "red", text: "", points: [{ x: 0, y: 0 }, { x: tip, y: 1 }] } };
}

function drawnOn(picture: string): string[] {
  return boards.of(picture).drawn.map(({ shape }) => shape.id);
}

function pointer(place: { x: number; y: number } | null): ServerMessage {
  return { type: "pointer", author: "li", ...PHONE, place, aspect: 1.5 };
}

test("shapes lie in the order in which they were begun; one that grows stays where it is", () => {
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("a", 0.2) });
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("b") });
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("a", 0.9) });
  expect(drawnOn("wang")).toEqual(["a", "b"]);
  expect(boards.of("wang").drawn[0]?.shape.points[1]?.x).toBe(0.9);
});

test("each camera has a board of its own", () => {
  messages.tell({ type: "drawn", ...PHONE, source: "camera-2", drawn: arrow("a") });
  expect([drawnOn("wang"), drawnOn("wang/camera-2")]).toEqual([[], ["a"]]);
});

test("what is erased is gone; a board without anything is none", () => {
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("a") });
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("b") });
  messages.tell({ type: "erased", ...PHONE, shapes: ["a", "unknown"] });
  expect(drawnOn("wang")).toEqual(["b"]);
  messages.tell({ type: "erased", ...PHONE, shapes: ["b"] });
  expect(boards.all.value.size).toBe(0);
});

test("a frozen picture keeps what is drawn until it goes on", () => {
  messages.tell({ type: "board", ...PHONE, frozen: FROZEN, drawn: [] });
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("a") });
  expect(boards.of("wang")).toMatchObject({ frozen: { freeze: "f1" }, drawn: [{ shape: { id: "a" } }] });
  messages.tell({ type: "board", ...PHONE, frozen: null, drawn: [] });
  expect(boards.of("wang")).toEqual({ frozen: null, drawn: [] });
});

test("after coming back only what the server still tells is there", () => {
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("erased meanwhile") });
  messages.tell(WELCOME);
  messages.tell({ type: "board", ...PHONE, frozen: null, drawn: [arrow("kept")] });
  expect(drawnOn("wang")).toEqual(["kept"]);
});

test("a pointer is where it was said last, and gone when it is taken away", () => {
  messages.tell(pointer({ x: 0.1, y: 0.1 }));
  messages.tell(pointer({ x: 0.2, y: 0.2 }));
  expect(boards.pointersOn("wang")).toMatchObject([{ author: "li", place: { x: 0.2, y: 0.2 } }]);
  expect(boards.pointersOn("wang/camera-2")).toEqual([]);
  messages.tell(pointer(null));
  expect(boards.pointersOn("wang")).toEqual([]);
});

test("a pointer that is told again stays; one that nobody tells of for five seconds is gone", async () => {
  messages.tell(pointer({ x: 0.1, y: 0.1 }));
  await clock.advance(4900);
  messages.tell(pointer({ x: 0.1, y: 0.1 }));
  await clock.advance(4900);
  expect(boards.pointersOn("wang")).toHaveLength(1);
  await clock.advance(200);
  expect(boards.pointersOn("wang")).toEqual([]);
});

test("a picture is marked by what is drawn on it or by being frozen, until both are gone", () => {
  expect(isMarked(boards.of("wang"))).toBe(false);
  messages.tell({ type: "drawn", ...PHONE, drawn: arrow("a") });
  expect(isMarked(boards.of("wang"))).toBe(true);
  messages.tell({ type: "erased", ...PHONE, shapes: ["a"] });
  expect(isMarked(boards.of("wang"))).toBe(false);
  messages.tell({ type: "board", ...PHONE, frozen: FROZEN, drawn: [] });
  expect(isMarked(boards.of("wang"))).toBe(true);
});
