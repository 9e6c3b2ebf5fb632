import { expect, test } from "vitest";

import type { ParticipantRole, ParticipantState, Presence } from "@/rtc/messages";

import { rosterOf } from "./roster";

function person(participant_id: string, role: ParticipantRole, invited = true, presence: Presence = "live"): ParticipantState {
  return { participant_id, role, invited, presence, display_name: "", camera: "on", microphone: "on", device: "", sources: [], silenced: false };
}

const ROOM = [
  person("wall", "screen"),
  person("watcher", "observer"),
  person("me", "inspector", false),
  person("gone", "expert", true, "left"),
  person("colleague", "inspector", false),
  person("phone", "enterprise", true, "away"),
];

test("oneself comes first, then the site, and who left stands apart", () => {
  const { here, left } = rosterOf(ROOM, "me");
  expect(here.map((row) => row.person.participant_id)).toEqual(["me", "phone", "colleague", "wall", "watcher"]);
  expect(left.map((one) => one.participant_id)).toEqual(["gone"]);
});

test.each([
  ["me", false, false],
  ["phone", true, true],
  ["colleague", true, false],
  ["wall", false, true],
  ["watcher", false, true],
])("%s: may be silenced %s, may be removed %s", (id, maySilence, mayRemove) => {
  const row = rosterOf(ROOM, "me").here.find((one) => one.person.participant_id === id);
  expect([row?.maySilence, row?.mayRemove]).toEqual([maySilence, mayRemove]);
});
