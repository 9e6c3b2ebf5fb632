import { expect, test } from "vitest";

import { FIRST_VIEW, type CallView } from "@/rtc/call-view";
import type { ParticipantQuality, ParticipantState, WhereaboutsState } from "@/rtc/messages";

import { factsOf, type Circumstances } from "./state-facts";

const NOW_MS = Date.parse("2026-11-27T08:00:00Z");
const AHEAD_MS = 2_000;

function person(participant_id: string, role: ParticipantState["role"], presence: ParticipantState["presence"] = "live"): ParticipantState {
  return { participant_id, role, presence, display_name: "", camera: "on", microphone: "on", device: "", sources: ["camera"], silenced: false, invited: true };
}

const VIEW: CallView = {
  ...FIRST_VIEW,
  phase: { name: "live" },
  participantId: "me",
  clockOffsetMs: AHEAD_MS,
  startedAtMs: NOW_MS + AHEAD_MS - 600_000,
  participants: [person("me", "inspector"), person("phone", "enterprise"), person("gone", "expert", "left")],
  quality: { phone: { level: "fair" } as ParticipantQuality, me: { level: "good" } as ParticipantQuality },
  footage: {
    type: "footage",
    recording: true,
    safe_until: "2026-11-27T07:59:58Z",
    pending_segments: 3,
    gap_count: 1,
    alarms: ["upload_delayed"],
  },
};

function facts(change: Partial<Circumstances> = {}) {
  return factsOf({ view: VIEW, nowMs: NOW_MS, plannedMinutes: null, whereabouts: null, ...change });
}

test("tells what is recorded, for how long, and until when it is safe", () => {
  expect(facts()).toMatchObject({ recording: true, elapsedMs: 600_000, gaps: 1, pending: 3, alarms: ["upload_delayed"] });
  expect(facts().safeUntilMs).toBe(Date.parse("2026-11-27T07:59:58Z"));
  expect(facts().safeIsLate).toBe(false);
  expect(facts({ nowMs: NOW_MS + 30_000 }).safeIsLate).toBe(true);
  expect(facts({ view: FIRST_VIEW })).toMatchObject({ recording: false, elapsedMs: null, safeUntilMs: null, here: [] });
});

test.each<[number | null, boolean]>([
  [null, false],
  [10, false],
  [9, true],
])("ten minutes of %s planned ones are overtime: %s", (plannedMinutes, overtime) => {
  expect(facts({ plannedMinutes }).overtime).toBe(overtime);
});

test("tells the network of both sides, and that somebody is away", () => {
  expect(facts()).toMatchObject({ site: "fair", own: "good" });
  const away = { ...VIEW, participants: [person("me", "inspector"), person("phone", "enterprise", "away")] };
  expect(facts({ view: away }).site).toBe("away");
  expect(facts({ view: { ...VIEW, phase: { name: "reconnecting", sinceMs: 0 } } }).own).toBe("away");
  expect(facts({ view: { ...VIEW, participants: [], quality: {} } })).toMatchObject({ site: "none", own: "none" });
});

test.each<[Partial<WhereaboutsState> | null, string]>([
  [null, "unknown"],
  [{ why: "denied" }, "refused"],
  [{ nearness: "outside" }, "outside"],
  [{ nearness: null }, "unknown"],
])("where they are: %o is %s", (told, place) => {
  expect(facts({ whereabouts: told as WhereaboutsState | null }).place).toBe(place);
});

test("counts who is here, oneself too, and not who left", () => {
  expect(facts().here.map((one) => one.participant_id)).toEqual(["me", "phone"]);
});
