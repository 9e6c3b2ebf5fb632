import { beforeEach, expect, test } from "vitest";

import type { ClientMessage } from "@/rtc/messages";
import { FakeClock } from "@/rtc/testing/fake-clock";

import { createPointing, type Pointing } from "./pointing";

const PHONE = { participantId: "wang", source: "camera" };
let clock: FakeClock;
let sent: ClientMessage[];
let pointing: Pointing;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  pointing = createPointing(clock, (message) => sent.push(message));
});

function places(): (number | null)[] {
  return sent.map((message) => (message.type === "point" ? (message.place?.x ?? null) : NaN));
}

test("the first move is told at once", () => {
  pointing.at(PHONE, { x: 0.1, y: 0.5 }, 1.5);
  expect(sent).toEqual([{ type: "point", participant_id: "wang", source: "camera", place: { x: 0.1, y: 0.5 }, aspect: 1.5 }]);
});

test("a second of fast moves is told at most thirty times, and ends where the hand is", async () => {
  for (let step = 1; step <= 250; step += 1) {
    pointing.at(PHONE, { x: step / 250, y: 0.5 }, 1.5);
    await clock.advance(4);
  }
  expect(sent.length).toBeLessThanOrEqual(30);
  expect(sent.length).toBeGreaterThan(20);
  await clock.advance(40);
  expect(places().at(-1)).toBe(1);
});

test("a pointer that rests is told again, until it leaves", async () => {
  pointing.at(PHONE, { x: 0.1, y: 0.5 }, 1.5);
  await clock.advance(4100);
  expect(places()).toEqual([0.1, 0.1, 0.1]);
  pointing.leave();
  await clock.advance(10_000);
  expect(places()).toEqual([0.1, 0.1, 0.1, null]);
});

test("nothing that waited is told after it has left, and leaving twice is leaving once", async () => {
  pointing.at(PHONE, { x: 0.1, y: 0.5 }, 1.5);
  pointing.at(PHONE, { x: 0.2, y: 0.5 }, 1.5);
  pointing.leave();
  pointing.leave();
  await clock.advance(100);
  expect(places()).toEqual([0.1, null]);
});
