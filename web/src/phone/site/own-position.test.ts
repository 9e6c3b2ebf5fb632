import { expect, test } from "vitest";

import type { ClientMessage } from "@/rtc/messages";

import { positionFor } from "./own-position";

const PLACE = { latitude: 36.1, longitude: 117, accuracy_m: 12, at: "2026-11-21T07:00:00.000Z" };
const FOUND: ClientMessage = { type: "position", ...PLACE };
const AT = Date.UTC(2026, 10, 21, 7);

test("a photo is placed where the phone was found last, with the time of that", () => {
  expect(positionFor(FOUND, AT + 60_000)).toEqual(PLACE);
});

test.each([
  ["what was found too long ago", FOUND, AT + 60_001],
  ["nothing found yet", null, AT],
  ["a phone that may not tell", { type: "no_position", why: "denied" } as const, AT],
])("%s places nothing", (_, newest, nowMs) => {
  expect(positionFor(newest, nowMs)).toBeNull();
});
