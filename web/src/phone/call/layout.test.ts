import { expect, test } from "vitest";

import type { ParticipantRole, ParticipantState, Presence } from "@/rtc/messages";
import { picturesOf } from "@/rtc/pictures";

import { layoutOf, ME, present } from "./layout";

function person(participant_id: string, role: ParticipantRole, presence: Presence = "live"): ParticipantState {
  return { participant_id, role, presence, display_name: participant_id, camera: "on", microphone: "on", device: "",
  silenced: false,
  invited: true,
  sources: ["camera"] };
}

const INSPECTOR = person("inspector", "inspector");
const SITE = person("site", "enterprise");

test("the enterprise sees its own picture large and the inspector small", () => {
  expect(layoutOf([], picturesOf([INSPECTOR]), "enterprise", null)).toEqual({ large: ME, small: ["inspector"] });
});

test("an expert sees the site large", () => {
  expect(layoutOf([], picturesOf([INSPECTOR, SITE]), "expert", null)).toEqual({ large: "site", small: [ME, "inspector"] });
});

test("alone one sees oneself", () => {
  expect(layoutOf([], picturesOf([]), "expert", null)).toEqual({ large: ME, small: [] });
});

test("a tap makes a small picture large, until that person is gone", () => {
  expect(layoutOf([], picturesOf([INSPECTOR]), "enterprise", "inspector")).toEqual({ large: "inspector", small: [ME] });
  expect(layoutOf([], picturesOf([]), "enterprise", "inspector")).toEqual({ large: ME, small: [] });
});

test("neither oneself nor who has left is among the others", () => {
  expect(present([INSPECTOR, SITE, person("gone", "expert", "left")], "site")).toEqual([INSPECTOR]);
});

test("further cameras, one's own and theirs, are small until they are tapped", () => {
  const site = { ...SITE, sources: ["camera", "camera-2"] };
  expect(layoutOf(["camera-2"], picturesOf([INSPECTOR]), "enterprise", null)).toEqual({
    large: ME,
    small: ["me/camera-2", "inspector"],
  });
  expect(layoutOf([], picturesOf([site]), "expert", "site/camera-2")).toEqual({ large: "site/camera-2", small: [ME, "site"] });
});
