import { effectScope, type EffectScope } from "vue";
import { afterEach, beforeEach, expect, test } from "vitest";

import { MessageHub } from "@/rtc/message-hub";
import type { ClientMessage, DrawnShape } from "@/rtc/messages";
import { FakeClock } from "@/rtc/testing/fake-clock";
import { WELCOME } from "@/rtc/testing/fake-socket";

import { createBoards, type Boards } from "../boards";
import { createDrawingDesk, type DrawingDesk } from "./drawing-desk";

const PHONE = { participantId: "wang", source: "camera" };
const ON_WIRE = { participant_id: "wang", source: "camera" };
let clock: FakeClock;
let messages: MessageHub;
let sent: ClientMessage[];
let desk: DrawingDesk;
let scope: EffectScope;

beforeEach(() => {
  clock = new FakeClock();
  messages = new MessageHub();
  sent = [];
  scope = effectScope();
  scope.run(() => {
    const boards: Boards = createBoards(clock);
    desk = createDrawingDesk({ boards, send: (message) => sent.push(message), clock, me: () => "li" });
    boards.follow({ messages });
    desk.follow({ messages });
  });
});
afterEach(() => scope.stop());

function drawnIds(): string[] {
  return desk.boardOf(PHONE).drawn.map(({ shape }) => shape.id);
}

function said(): DrawnShape[] {
  return sent.flatMap((message) => (message.type === "draw" ? [message.shape] : []));
}

function echo(shape: DrawnShape, author = "li"): void {
  const whole = { ink: "red" as const, text: "", ...shape };
  messages.tell({ type: "drawn", ...ON_WIRE, drawn: { author, aspect: 1.5, shape: whole } });
}

function arrow(): DrawnShape {
  desk.begin(PHONE, "arrow", { x: 0.1, y: 0.1 }, 1.5);
  desk.grow({ x: 0.5, y: 0.5 });
  desk.finish();
  return said().at(-1) as DrawnShape;
}

test("what is drawn is seen here before anybody has answered, and is one shape when it comes back", () => {
  const shape = arrow();
  expect(drawnIds()).toEqual([shape.id]);
  echo(shape);
  expect(drawnIds()).toEqual([shape.id]);
});

test("a late echo of a shape that grows does not pull it back", () => {
  desk.begin(PHONE, "arrow", { x: 0.1, y: 0.1 }, 1.5);
  desk.grow({ x: 0.3, y: 0.3 });
  const early = said()[0] as DrawnShape;
  desk.grow({ x: 0.9, y: 0.9 });
  echo(early);
  expect(desk.boardOf(PHONE).drawn[0]?.shape.points[1]).toEqual({ x: 0.9, y: 0.9 });
  desk.finish();
  echo(early);
  expect(desk.boardOf(PHONE).drawn[0]?.shape.points[1]).toEqual({ x: 0.9, y: 0.9 });
});

test("a slip of the hand is told to nobody and leaves nothing", () => {
  desk.begin(PHONE, "circle", { x: 0.1, y: 0.1 }, 1.5);
  desk.grow({ x: 0.101, y: 0.1 });
  desk.finish();
  expect([sent, drawnIds()]).toEqual([[], []]);
});

test("what nobody has heard is said again when the call is back, as the same shape", () => {
  const heard = arrow();
  echo(heard);
  const lost = arrow();
  sent.length = 0;
  messages.tell(WELCOME);
  expect(said().map(({ id }) => id)).toEqual([lost.id]);
});

test("what is refused is taken away, with the reason", () => {
  const { id } = arrow();
  messages.tell({ type: "error", code: "drawing_full", detail: "", params: {}, in_reply_to: id, connection: null });
  expect([drawnIds(), desk.refusal.value]).toEqual([[], "drawing_full"]);
  messages.tell(WELCOME);
  expect(said()).toHaveLength(2);
});

test("undo takes one's own newest shape, clearing takes everybody's", () => {
  const [first, second] = [arrow(), arrow()];
  [first, second].forEach((shape) => echo(shape));
  echo({ id: "others", kind: "line", points: [{ x: 0, y: 0 }, { x: 1, y: 1 }] as never }, "zhou");
  sent.length = 0;
  desk.undo(PHONE);
  expect(sent).toEqual([{ type: "erase", ...ON_WIRE, shapes: [second.id] }]);
  messages.tell({ type: "erased", ...ON_WIRE, shapes: [second.id] });
  desk.clear(PHONE);
  expect(sent.at(-1)).toEqual({ type: "erase", ...ON_WIRE, shapes: [first.id, "others"] });
});

test("words are not said when there are none", () => {
  desk.write(PHONE, { x: 0.5, y: 0.5 }, "  ", 1.5);
  expect(sent).toEqual([]);
  desk.write(PHONE, { x: 0.5, y: 0.5 }, " 铭牌 ", 1.5);
  expect(said()).toMatchObject([{ kind: "text", text: "铭牌", points: [{ x: 0.5, y: 0.5 }] }]);
});
