import { beforeEach, expect, test } from "vitest";

import { CameraHand } from "./camera-hand";
import { DeviceError } from "./devices";
import { MessageHub } from "./message-hub";
import type { ClientMessage, ServerMessage } from "./messages";
import { FakeClock, settle } from "./testing/fake-clock";
import { FakeOperatedTrack } from "./testing/fake-operated-track";
import { WELCOME } from "./testing/fake-socket";

type Wish = Extract<ServerMessage, { type: "camera_asked" }>["wish"];

let clock: FakeClock;
let messages: MessageHub;
let sent: ClientMessage[];
let turned: number;
let turning: () => Promise<void>;
let track: FakeOperatedTrack;
let hand: CameraHand;

beforeEach(() => {
  clock = new FakeClock();
  messages = new MessageHub();
  sent = [];
  turned = 0;
  turning = () => Promise.resolve();
  track = new FakeOperatedTrack({ torch: true, zoom: { min: 1, max: 8, step: 0.1 } });
  hand = new CameraHand({
    clock,
    call: { messages, send: (message) => void sent.push(message) },
    ownId: () => "me",
    turn: () => {
      turned += 1;
      return turning();
    },
  });
});

function show(canTurn = true): void {
  hand.show([{ source: "camera", track: track.asTrack(), canTurn }]);
}

async function ask(wish: Wish, more: { request?: string; zoom?: number; participant_id?: string } = {}): Promise<void> {
  const asked = { request: `r-${wish}`, participant_id: "me", source: "camera", zoom: null, asked_by: "inspector", ...more };
  messages.tell({ type: "camera_asked", wish, ...asked });
  await settle();
}

const said = (type: ClientMessage["type"]): ClientMessage[] => sent.filter((message) => message.type === type);
const answers = (): object[] =>
  said("answer_camera").map((message) => {
    const { request, outcome, obstacle, zoom } = message as Extract<ClientMessage, { type: "answer_camera" }>;
    return { request, outcome, obstacle, zoom };
  });

test("what a camera can do is said once, at each change, and after each welcome", async () => {
  show();
  show();
  const abilities = { can_turn: true, torch: false, zoom: { min: 1, max: 8, step: 0.1, value: 1 } };
  expect(said("camera_abilities")).toEqual([{ type: "camera_abilities", source: "camera", abilities }]);
  await hand.setTorch("camera", true);
  expect(said("camera_abilities").at(-1)).toMatchObject({ abilities: { torch: true } });
  messages.tell(WELCOME);
  expect(said("camera_abilities")).toHaveLength(3);
  hand.show([{ source: "camera", track: null, canTurn: true }]);
  expect(said("camera_abilities").at(-1)).toMatchObject({ abilities: null });
});

test("a browser that learns late what its camera can do is asked again", async () => {
  track = new FakeOperatedTrack({});
  show();
  expect(said("camera_abilities").at(-1)).toMatchObject({ abilities: { torch: null, zoom: null } });
  track.capabilities = { torch: true };
  await clock.advance(500);
  expect(said("camera_abilities").at(-1)).toMatchObject({ abilities: { torch: false } });
});

test("light and zoom are done and answered, and neither undoes the other", async () => {
  show();
  await ask("torch_on");
  await ask("zoom", { zoom: 20 });
  expect(track.settings).toEqual({ torch: true, zoom: 8 });
  expect(answers()).toEqual([
    { request: "r-torch_on", outcome: "done", obstacle: null, zoom: null },
    { request: "r-zoom", outcome: "done", obstacle: null, zoom: 8 },
  ]);
});

test.each<[Wish, string]>([
  ["torch_on", "no_torch"],
  ["zoom", "no_zoom"],
  ["turn", "no_other_camera"],
])("%s is answered by %s where there is none", async (wish, obstacle) => {
  track = new FakeOperatedTrack({});
  show(false);
  await ask(wish, { zoom: 2 });
  expect(answers()).toEqual([expect.objectContaining({ outcome: "impossible", obstacle })]);
});

test("a camera that is off, and one that refuses, say so", async () => {
  hand.show([{ source: "camera", track: null, canTurn: true }]);
  await ask("torch_on");
  expect(answers()).toEqual([expect.objectContaining({ obstacle: "camera_off" })]);
  show();
  track.refuses = true;
  await ask("torch_off");
  turning = () => Promise.reject(new DeviceError("camera", "in_use"));
  await ask("turn");
  expect(answers().slice(1)).toEqual([
    expect.objectContaining({ outcome: "impossible", obstacle: "failed" }),
    expect.objectContaining({ outcome: "impossible", obstacle: "failed" }),
  ]);
});

test("a wish that comes again is answered again and not done twice", async () => {
  show();
  await ask("turn");
  await ask("turn");
  expect(turned).toBe(1);
  expect(answers()).toHaveLength(2);
});

test("what only the person can do stands until they answer, a newer one takes its place, or it is answered elsewhere", async () => {
  show();
  await ask("steady");
  await ask("closer");
  await ask("steady", { request: "newer" });
  expect(hand.state.value.wishes.map(({ request }) => request)).toEqual(["newer", "r-closer"]);
  hand.answer("newer", "declined");
  expect(answers()).toEqual([{ request: "newer", outcome: "declined", obstacle: null, zoom: null }]);
  messages.tell({
    type: "camera_answered", request: "r-closer", participant_id: "me", source: "camera", wish: "closer",
    outcome: "done", obstacle: null, zoom: null,
  });
  expect(hand.state.value.wishes).toEqual([]);
});

test("what is asked of others is theirs", async () => {
  show();
  await ask("torch_on", { participant_id: "other" });
  await ask("steady", { participant_id: "other" });
  expect([answers(), hand.state.value.wishes]).toEqual([[], []]);
});
