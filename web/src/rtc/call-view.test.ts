import { expect, test } from "vitest";

import { FIRST_VIEW, isSilenced, reduce, type CallEvent, type CallView } from "./call-view";
import type { ParticipantState } from "./messages";
import { WELCOME } from "./testing/fake-socket";

const WALL_MS = Date.parse("2026-11-21T06:59:50Z");
const OPEN: CallEvent = { type: "signalling", state: { name: "open" } };
const LOST: CallEvent = { type: "signalling", state: { name: "connecting", attempt: 2, socketRefused: false } };
const ENTERED: CallEvent = { type: "welcome", welcome: WELCOME };
const publishing = (state: CallView["publishing"]): CallEvent => ({ type: "publishing", state, problem: null });

function after(...events: CallEvent[]): CallView {
  return events.reduce((view, event) => reduce(view, event, WALL_MS), FIRST_VIEW);
}

const person: ParticipantState = {
  participant_id: "site",
  role: "enterprise",
  display_name: "王强",
  presence: "live",
  camera: "on",
  microphone: "on",
  device: "",
  silenced: false,
  invited: true,
  sources: ["camera"],
};

test.each<[string, CallEvent[], string]>([
  ["at first", [], "joining"],
  ["WebSocket open, no welcome yet", [OPEN], "joining"],
  ["welcome, own camera on its way", [OPEN, publishing("connecting"), ENTERED], "joining"],
  ["own camera arrived", [OPEN, publishing("connecting"), ENTERED, publishing("connected")], "live"],
  ["nothing to send", [OPEN, ENTERED], "live"],
  ["camera cannot be sent at all", [OPEN, ENTERED, publishing("impossible")], "live"],
  ["devices switched on later", [OPEN, ENTERED, publishing("connecting")], "live"],
  ["nothing comes back", [OPEN, ENTERED, publishing("connected"), publishing("interrupted")], "reconnecting"],
  ["WebSocket gone", [OPEN, ENTERED, LOST], "reconnecting"],
  ["WebSocket gone, camera well again", [OPEN, ENTERED, LOST, publishing("connected")], "reconnecting"],
  ["WebSocket back, no welcome yet", [OPEN, ENTERED, LOST, OPEN], "reconnecting"],
  ["all back", [OPEN, ENTERED, LOST, OPEN, ENTERED], "live"],
])("%s: %s", (_name, events, phase) => {
  expect(after(...events).phase.name).toBe(phase);
});

test("remembers since when it reconnects, whatever fails meanwhile", () => {
  const lost = reduce(after(OPEN, ENTERED), LOST, 5000);
  const later = reduce(reduce(lost, publishing("interrupted"), 8000), LOST, 9000);
  expect(later.phase).toEqual({ name: "reconnecting", sinceMs: 5000 });
});

test.each(["replaced", "ended", "left"] as const)("%s is final", (why) => {
  const over = after(OPEN, ENTERED, { type: "signalling", state: { name: "over", why, code: "" } });
  expect(over.phase).toEqual({ name: why });
  expect(reduce(over, publishing("connected"), WALL_MS).phase).toEqual({ name: why });
});

test("a refusal keeps its code", () => {
  const over = after({ type: "signalling", state: { name: "over", why: "refused", code: "invitation_revoked" } });
  expect(over.phase).toEqual({ name: "failed", code: "invitation_revoked" });
});

test("tells times by the server's clock, even if the phone's is 10 s behind", () => {
  const view = after(OPEN, ENTERED);
  expect(view.clockOffsetMs).toBe(10_000);
  expect(view.startedAtMs).toBe(Date.parse("2026-11-21T06:59:00Z"));
});

test("notes when somebody went away, and forgets it on the return", () => {
  const people = (presence: ParticipantState["presence"]): CallEvent => ({
    type: "message",
    message: { type: "participants", participants: [{ ...person, presence }] },
  });
  const away = reduce(after(OPEN, ENTERED, people("live")), people("away"), WALL_MS + 1000);
  expect(away.awaySinceMs).toEqual({ site: WALL_MS + 11_000 });
  expect(reduce(away, people("away"), WALL_MS + 9000).awaySinceMs).toEqual({ site: WALL_MS + 11_000 });
  expect(reduce(away, people("live"), WALL_MS + 9000).awaySinceMs).toEqual({});
});

test("does not guess since when somebody is away who was so when this page came", () => {
  const away: CallEvent = {
    type: "message",
    message: { type: "participants", participants: [{ ...person, presence: "away" }] },
  };
  const entered = reduce(after(OPEN, ENTERED), away, WALL_MS);
  expect(reduce(entered, away, WALL_MS + 9000).awaySinceMs).toEqual({});
});

test("a complaint of the server is shown and the call goes on", () => {
  const view = after(OPEN, ENTERED, { type: "message", message: { type: "error", code: "bad_request" } });
  expect(view.notice).toEqual({ code: "bad_request", params: {} });
  expect(view.phase.name).toBe("live");
});

test("only what an inspector has done to oneself silences this page", () => {
  const participants = [{ ...person, silenced: true }, { ...person, participant_id: "me" }];
  expect(isSilenced({ participants, participantId: "me" })).toBe(false);
  expect(isSilenced({ participants, participantId: "site" })).toBe(true);
  expect(isSilenced({ participants, participantId: null })).toBe(false);
});
