import { describe, expect, it } from "vitest";

import {
  GAP_LEAD_MS,
  allGaps,
  buildTimeline,
  coveredMs,
  gapJump,
  nextFootage,
  presenceAt,
  type TrackTimes,
} from "./model";

const start = Date.parse("2026-11-21T07:00:00Z");
const iso = (second: number): string => new Date(start + second * 1000).toISOString();
const stretch = (from: number, to: number) => ({ started_at: iso(from), ended_at: iso(to) });

const phone: TrackTimes = {
  track_id: "phone",
  participant_name: "王芳",
  source: "camera",
  role: "enterprise",
  extents: [stretch(40, 60), stretch(10, 30)],
  gaps: [{ ...stretch(30, 40), reason: "network", medium: null }],
};
const laptop: TrackTimes = {
  track_id: "laptop",
  participant_name: "李伟",
  source: "camera",
  role: "inspector",
  extents: [stretch(0, 20), stretch(50, 55)],
  gaps: [{ ...stretch(20, 50), reason: "restart", medium: null }],
};

function timelineOf(...tracks: TrackTimes[]) {
  const timeline = buildTimeline(tracks);
  if (!timeline) throw new Error("no footage");
  return timeline;
}

describe("the timeline", () => {
  it("spans all participants, each row in the order of time", () => {
    const timeline = timelineOf(phone, laptop);
    expect([timeline.startMs, timeline.endMs]).toEqual([start, start + 60_000]);
    expect(timeline.lanes[0]?.extents.map(({ startMs }) => startMs - start)).toEqual([10_000, 40_000]);
    expect(timeline.lanes.map(coveredMs)).toEqual([40_000, 25_000]);
  });

  it("tells several cameras of one participant apart", () => {
    const lanes = timelineOf(phone, { ...phone, track_id: "second", source: "microscope" }).lanes;
    expect(lanes.map(({ participantName }) => participantName)).toEqual(["王芳", "王芳 · microscope"]);
  });

  it("is nothing without footage", () => {
    expect(buildTimeline([])).toBeNull();
    expect(buildTimeline([{ ...phone, extents: [], gaps: [] }])).toBeNull();
  });

  it("leaves out stretches without length", () => {
    expect(timelineOf({ ...phone, gaps: [{ ...stretch(30, 30), reason: "network", medium: null }] }).lanes[0]?.gaps).toEqual([]);
  });

  it.each([
    [5, false, "before"],
    [10, false, "footage"],
    [30, false, "gap"],
    [39.999, false, "gap"],
    [40, false, "footage"],
    [60, false, "after"],
    [65, true, "arriving"],
    [80, true, "after"],
  ])("has at second %d (live: %s) %s", (second, live, kind) => {
    const lane = timelineOf(phone, laptop).lanes[0];
    expect(lane && presenceAt(lane, start + second * 1000, live).kind).toBe(kind);
  });

  it("tells a gap of the sound alone from one of everything", () => {
    const lane = timelineOf({
      ...phone,
      gaps: [
        { ...stretch(10, 20), reason: "muted", medium: "audio" },
        { ...stretch(15, 18), reason: "network", medium: null },
      ],
    }).lanes[0];
    if (!lane) throw new Error("no row");
    expect(presenceAt(lane, Date.parse(stretch(12, 13).started_at), false)).toMatchObject({
      kind: "footage",
      missing: [{ reason: "muted", medium: "audio" }],
    });
    expect(presenceAt(lane, Date.parse(stretch(16, 17).started_at), false)).toMatchObject({
      kind: "gap",
      gap: { reason: "network" },
    });
  });

  it("lists the gaps of all in the order of time", () => {
    expect(allGaps(timelineOf(phone, laptop)).map(({ participantName, reason }) => [participantName, reason])).toEqual([
      ["李伟", "restart"],
      ["王芳", "network"],
    ]);
  });

  it("jumps from gap to gap, a little before each", () => {
    const timeline = timelineOf(phone, laptop);
    const first = gapJump(timeline, start, 1);
    expect(first?.toMs).toBe(start + 20_000 - GAP_LEAD_MS);
    const second = gapJump(timeline, first?.toMs ?? 0, 1);
    expect(second?.gap.reason).toBe("network");
    expect(gapJump(timeline, second?.toMs ?? 0, 1)).toBeNull();
    expect(gapJump(timeline, (second?.toMs ?? 0) + 100, -1)?.gap.reason).toBe("restart");
    expect(gapJump(timeline, start, -1)).toBeNull();
  });

  it("knows where somebody's footage goes on when nobody has any", () => {
    const timeline = timelineOf(phone, { ...laptop, extents: [stretch(0, 20)], gaps: [] });
    expect(nextFootage(timeline, start + 35_000)).toBe(start + 40_000);
    expect(nextFootage(timeline, start + 15_000)).toBeNull();
    expect(nextFootage(timeline, start + 90_000)).toBeNull();
  });
});
