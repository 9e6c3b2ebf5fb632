import { effectScope, type EffectScope } from "vue";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Frame } from "@/features/evidence/frame";
import { MessageHub } from "@/rtc/message-hub";
import type { ClientMessage, DrawnOnPicture } from "@/rtc/messages";
import { FakeClock } from "@/rtc/testing/fake-clock";
import { WELCOME } from "@/rtc/testing/fake-socket";

import { createBoards } from "../boards";
import { createFreezing, type Freezing } from "./freezing";

const PHONE = { participantId: "wang", source: "camera" };
const ON_WIRE = { participant_id: "wang", source: "camera" };
const FRAME = { picture: {} as HTMLCanvasElement, takenAtMs: 0 } satisfies Frame;
const ARROW: DrawnOnPicture = { author: "li", aspect: 1.5, shape: { id: "a", kind: "arrow", points: [{ x: 0, y: 0 }, { x: 1, y: 1 }] as never } };
let clock: FakeClock;
let messages: MessageHub;
let sent: ClientMessage[];
let freezing: Freezing;
let scope: EffectScope;

beforeEach(() => {
  clock = new FakeClock();
  messages = new MessageHub();
  sent = [];
  scope = effectScope();
  scope.run(() => {
    const boards = createBoards(clock);
    freezing = createFreezing({ boards, send: (message) => sent.push(message), clock, me: () => "li", copyOf: () => "/9j/abcd" });
    boards.follow({ messages });
    freezing.follow({ messages });
  });
});
afterEach(() => scope.stop());

function frozen(freeze: string, author = "li", jpeg: string | null = null): void {
  messages.tell({ type: "board", ...ON_WIRE, frozen: { freeze, author, frozen_at: "2026-11-21T07:00:00Z", jpeg }, drawn: [] });
}

function goesOn(): void {
  messages.tell({ type: "board", ...ON_WIRE, frozen: null, drawn: [] });
}

function freeze(): string {
  freezing.freeze(PHONE, FRAME);
  return freezing.held.value.get("wang")?.freeze ?? "";
}

test("the picture stands still here at once; others get it when somebody draws on it, and once", () => {
  const id = freeze();
  frozen(id);
  expect(sent.map(({ type }) => type)).toEqual(["freeze"]);
  messages.tell({ type: "drawn", ...ON_WIRE, drawn: ARROW });
  messages.tell({ type: "drawn", ...ON_WIRE, drawn: ARROW });
  expect(sent.slice(1)).toEqual([{ type: "show_frame", freeze: id, jpeg: "/9j/abcd" }]);
});

test("it goes on when anybody says so", () => {
  frozen(freeze());
  goesOn();
  expect(freezing.held.value.size).toBe(0);
});

test("a word that nobody heard is said again when the call is back", () => {
  const id = freeze();
  messages.tell(WELCOME);
  expect(sent.map((message) => "freeze" in message && message.freeze)).toEqual([id, id]);
  frozen(id);
  expect(freezing.held.value.size).toBe(1);
});

test("what went on while the page was away is held no longer", async () => {
  frozen(freeze());
  messages.tell(WELCOME);
  await clock.advance(3100);
  expect(freezing.held.value.size).toBe(0);
});

test("a picture that this page froze before it was loaded anew goes on, for nobody has it any more", () => {
  frozen("before the reload");
  expect(sent).toEqual([{ type: "unfreeze", freeze: "before the reload" }]);
  frozen("drawn on", "li", "/9j/abcd");
  frozen("a colleague's", "zhou");
  expect(sent).toHaveLength(1);
});

test("a colleague's can be let go on", () => {
  frozen("a colleague's", "zhou");
  freezing.unfreeze(PHONE);
  expect(sent).toEqual([{ type: "unfreeze", freeze: "a colleague's" }]);
});

test("what was refused is not held", () => {
  const id = freeze();
  messages.tell({ type: "error", code: "not_in_room", detail: "", params: {}, in_reply_to: id, connection: null });
  expect(freezing.held.value.size).toBe(0);
});
