import { effectScope, type EffectScope } from "vue";
import { afterEach, beforeEach, expect, test } from "vitest";

import { MessageHub } from "@/rtc/message-hub";
import type { CameraAbilities, ClientMessage, CameraOutcome, Obstacle } from "@/rtc/messages";
import { FakeClock } from "@/rtc/testing/fake-clock";
import { WELCOME } from "@/rtc/testing/fake-socket";

import { createHandDesk, type HandDesk } from "./hand-desk";
import { reasonsAgainst } from "./reasons";

const PHONE = { participantId: "wang", source: "camera" };
const ON_WIRE = { participant_id: "wang", source: "camera" };
const ALL: CameraAbilities = { can_turn: true, torch: false, zoom: { min: 1, max: 4, step: 0.1, value: 1 } };
let clock: FakeClock;
let messages: MessageHub;
let sent: ClientMessage[];
let desk: HandDesk;
let scope: EffectScope;

beforeEach(() => {
  clock = new FakeClock();
  messages = new MessageHub();
  sent = [];
  scope = effectScope();
  desk = scope.run(() => createHandDesk(clock, (message) => sent.push(message))) as HandDesk;
  desk.follow({ messages });
});
afterEach(() => scope.stop());

function requests(): string[] {
  return sent.flatMap((message) => (message.type === "ask_camera" ? [message.request] : []));
}

function heard(request: string, wish: "torch_on" | "torch_off" | "steady" = "torch_on"): void {
  messages.tell({ type: "camera_asked", request, ...ON_WIRE, wish, zoom: null, asked_by: "li" });
}

function answered(request: string, outcome: CameraOutcome, obstacle: Obstacle | null = null): void {
  messages.tell({ type: "camera_answered", request, ...ON_WIRE, wish: "torch_on", outcome, obstacle, zoom: null });
}

function states(): string[] {
  return desk.wishes.value.map(({ wish, state }) => `${wish} ${state.name}`);
}

test("a wish is in sight from the click to a while after its answer", async () => {
  desk.ask(PHONE, "torch_on");
  expect(states()).toEqual(["torch_on asked"]);
  const [request] = requests() as [string];
  heard(request);
  answered(request, "impossible", "no_torch");
  expect(desk.wishes.value).toMatchObject([{ state: { name: "impossible", obstacle: "no_torch" } }]);
  await clock.advance(8100);
  expect(states()).toEqual([]);
});

test("a newer wish about the same takes the place of the older one", () => {
  desk.ask(PHONE, "torch_on");
  desk.ask(PHONE, "steady");
  desk.ask(PHONE, "torch_off");
  desk.ask({ ...PHONE, source: "camera-2" }, "torch_on");
  expect(states()).toEqual(["steady asked", "torch_off asked", "torch_on asked"]);
});

test("one that nobody answers is called that, and goes at last", async () => {
  desk.ask(PHONE, "steady");
  await clock.advance(30_100);
  expect(states()).toEqual(["steady unanswered"]);
  await clock.advance(30_100);
  expect(states()).toEqual([]);
});

test("a colleague's wish is in sight, too", () => {
  heard("a helper's", "steady");
  expect(states()).toEqual(["steady asked"]);
});

test("only what nobody heard is said again when the call is back, as the same wish", () => {
  desk.ask(PHONE, "torch_on");
  desk.ask(PHONE, "steady");
  const [torch, steady] = requests() as [string, string];
  heard(torch);
  messages.tell(WELCOME);
  expect(requests()).toEqual([torch, steady, steady]);
});

test("what the server refuses says why", () => {
  desk.ask(PHONE, "torch_on");
  const [request] = requests() as [string];
  messages.tell({ type: "error", code: "not_in_room", detail: "", params: {}, in_reply_to: request, connection: null });
  expect(desk.wishes.value).toMatchObject([{ state: { name: "refused", code: "not_in_room" } }]);
});

test("what a camera can do holds until it says something else, or the call begins anew", () => {
  messages.tell({ type: "camera_abilities", ...ON_WIRE, abilities: ALL });
  expect(desk.abilities.value.get("wang")).toEqual(ALL);
  messages.tell({ type: "camera_abilities", ...ON_WIRE, abilities: null });
  expect(desk.abilities.value.size).toBe(0);
  messages.tell({ type: "camera_abilities", ...ON_WIRE, abilities: ALL });
  messages.tell(WELCOME);
  expect(desk.abilities.value.size).toBe(0);
});

test.each([
  ["can do everything", true, ALL, { turn: null, torch: null, zoom: null, person: null }],
  ["can do nothing", true, { can_turn: false, torch: null, zoom: null }, { turn: "no_other_camera", torch: "no_torch", zoom: "no_zoom", person: null }],
  ["has not said", true, null, { turn: "untold", torch: "untold", zoom: "untold", person: null }],
  ["is away", false, ALL, { turn: "away", torch: "away", zoom: "away", person: "away" }],
])("a camera that %s", (_, isLive, abilities, expected) => {
  expect(reasonsAgainst(isLive, abilities)).toEqual(expected);
});
