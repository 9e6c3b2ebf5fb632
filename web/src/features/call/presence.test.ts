import { expect, test } from "vitest";

import type { MediaCondition, ParticipantRole, ParticipantState, Presence } from "@/rtc/messages";

import { isSeen, microphoneText, othersOf, presenceText, siteOf } from "./presence";

function person(change: Partial<ParticipantState> = {}): ParticipantState {
  return {
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
    ...change,
  };
}

test.each<[Presence, MediaCondition, string | null]>([
  ["live", "on", null],
  ["live", "muted", "cameraMuted"],
  ["live", "background", "cameraBackground"],
  ["live", "taken", "cameraTaken"],
  ["live", "unavailable", "cameraUnavailable"],
  ["live", "off", "cameraOff"],
  ["joined", "on", "joining"],
  ["joined", "off", "cameraOff"],
  ["away", "on", "awayNetwork"],
  ["away", "background", "awayBackground"],
  ["away", "taken", "awayTaken"],
  ["left", "on", "left"],
])("%s with the camera %s: %s", (presence, camera, text) => {
  expect(presenceText(person({ presence, camera }))).toBe(text);
  expect(isSeen(person({ presence, camera }))).toBe(text === null);
});

test("a wall watches, and is not missed as a camera", () => {
  expect(presenceText(person({ role: "screen", presence: "joined", camera: "off" }))).toBe("watching");
  expect(presenceText(person({ role: "screen", presence: "left", camera: "off" }))).toBe("left");
});

test.each<[Presence, MediaCondition, string | null]>([
  ["live", "on", null],
  ["live", "muted", "muted"],
  ["live", "taken", "taken"],
  ["live", "unavailable", "unavailable"],
  ["away", "muted", null],
])("%s with the microphone %s: %s", (presence, microphone, text) => {
  expect(microphoneText(person({ presence, microphone }))).toBe(text);
});

test("a camera without sound is said to have none, for nobody can switch it on there", () => {
  expect(microphoneText(person({ role: "device", microphone: "unavailable" }))).toBe("silentDevice");
});

function people(...roles: [string, ParticipantRole, Presence][]): ParticipantState[] {
  return roles.map(([participant_id, role, presence]) => person({ participant_id, role, presence }));
}

test("the enterprise comes first, oneself not at all, who left last", () => {
  const room = people(["gone", "enterprise", "left"], ["me", "inspector", "live"], ["expert", "expert", "live"], ["site", "enterprise", "live"]);
  expect(othersOf(room, "me").map((one) => one.participant_id)).toEqual(["site", "expert", "gone"]);
});

test("the site is the enterprise's picture, or its helper's, but never an expert's", () => {
  expect(siteOf(people(["helper", "helper", "live"], ["site", "enterprise", "away"]))?.participant_id).toBe("site");
  expect(siteOf(people(["helper", "helper", "live"], ["site", "enterprise", "left"]))?.participant_id).toBe("helper");
  expect(siteOf(people(["expert", "expert", "live"], ["wall", "screen", "live"]))).toBeNull();
});

test("without a person there, the site is what its camera shows", () => {
  expect(siteOf(people(["camera", "device", "live"], ["helper", "helper", "live"]))?.participant_id).toBe("helper");
  expect(siteOf(people(["expert", "expert", "live"], ["camera", "device", "live"]))?.participant_id).toBe("camera");
});
