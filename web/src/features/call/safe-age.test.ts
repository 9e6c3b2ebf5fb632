import { expect, test } from "vitest";

import { FIRST_VIEW } from "@/rtc/call-view";
import type { FootageState } from "@/rtc/messages";

import { safeAgeOf } from "./safe-age";

const FOOTAGE: FootageState = {
  recording: true,
  safe_until: "2026-11-21T07:00:00Z",
  pending_segments: 1,
  gap_count: 0,
  alarms: [],
};
const SAFE_MS = Date.parse("2026-11-21T07:00:00Z");

test("counts by the server's clock, however wrong the laptop's is", () => {
  const view = { ...FIRST_VIEW, footage: FOOTAGE, clockOffsetMs: 3_600_000 };
  expect(safeAgeOf(view, SAFE_MS + 6000 - 3_600_000)).toEqual({ ageMs: 6000, late: false });
});

test("is late after 20 s", () => {
  expect(safeAgeOf({ ...FIRST_VIEW, footage: FOOTAGE }, SAFE_MS + 20_001)).toMatchObject({ late: true });
});

test.each([
  ["nothing told yet", null],
  ["nothing recorded", { ...FOOTAGE, recording: false }],
  ["nothing stored yet", { ...FOOTAGE, safe_until: null }],
])("says nothing while %s", (_name, footage) => {
  expect(safeAgeOf({ ...FIRST_VIEW, footage }, SAFE_MS)).toBeNull();
});
