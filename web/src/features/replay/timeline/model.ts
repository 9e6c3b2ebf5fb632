/**
 * What the timeline shows: per participant the stretches of footage and the gaps, and the bounds of them all.
 *
 * Pure. Made from the footage index of the server; times become epoch milliseconds here and nowhere else.
 */
import { CAMERA, cameraName } from "@/rtc/pictures";

import type { WallMs } from "../time/zone";

export type GapReason =
  "network" | "background" | "taken" | "muted" | "restart" | "disk" | "left" | "publisher_stopped" | "damaged";

export interface Extent {
  startMs: WallMs;
  endMs: WallMs;
}

export type Medium = "video" | "audio";

export interface Gap extends Extent {
  reason: GapReason;
  /** Only the picture or only the sound is missing; null: both. */
  medium: Medium | null;
}

export interface Lane {
  trackId: string;
  participantName: string;
  role: string;
  extents: Extent[];
  gaps: Gap[];
}

export interface Timeline extends Extent {
  lanes: Lane[];
}

/** The part of the server's footage index that the timeline needs. */
export interface TrackTimes {
  track_id: string;
  participant_name: string;
  source: string;
  role: string;
  extents: { started_at: string; ended_at: string }[];
  gaps: { started_at: string; ended_at: string; reason: GapReason; medium: Medium | null }[];
}

/** What a participant's row has at one moment. */
export type Presence =
  /** `missing`: gaps of the picture or of the sound alone. */
  | { kind: "footage"; missing: Gap[] }
  | { kind: "gap"; gap: Gap }
  /** Not in the call yet, or no longer; or live footage that has not arrived. */
  | { kind: "before" | "after" | "arriving" | "none" };

/** Live footage this near to its end is on its way; beyond, the participant is away. */
export const ARRIVING_WITHIN_MS = 12_000;

function extentOf(times: { started_at: string; ended_at: string }): Extent {
  return { startMs: Date.parse(times.started_at), endMs: Date.parse(times.ended_at) };
}

const byStart = (a: Extent, b: Extent): number => a.startMs - b.startMs;
const hasLength = (extent: Extent): boolean => extent.endMs > extent.startMs;

/** Of several cameras of one participant the further ones are told apart by their name. */
function nameOf({ participant_name, source }: TrackTimes): string {
  return source === CAMERA ? participant_name : `${participant_name} · ${cameraName(source)}`;
}

/** Null when nobody has any footage yet. */
export function buildTimeline(tracks: readonly TrackTimes[]): Timeline | null {
  const lanes = tracks
    .map((track) => ({
      trackId: track.track_id,
      participantName: nameOf(track),
      role: track.role,
      extents: track.extents.map(extentOf).filter(hasLength).sort(byStart),
      gaps: track.gaps
        .map((gap) => ({ ...extentOf(gap), reason: gap.reason, medium: gap.medium }))
        .filter(hasLength)
        .sort(byStart),
    }))
    .filter((lane) => lane.extents.length > 0);
  if (lanes.length === 0) return null;
  const all = lanes.flatMap((lane) => [...lane.extents, ...lane.gaps]);
  return {
    lanes,
    startMs: Math.min(...all.map(({ startMs }) => startMs)),
    endMs: Math.max(...all.map(({ endMs }) => endMs)),
  };
}

/** What `lane` has at `atMs`. */
export function presenceAt(lane: Lane, atMs: WallMs, live: boolean): Presence {
  const inside = ({ startMs, endMs }: Extent): boolean => startMs <= atMs && atMs < endMs;
  const missing = lane.gaps.filter(inside);
  const whole = missing.find(({ medium }) => medium === null);
  if (whole) return { kind: "gap", gap: whole };
  if (lane.extents.some(inside)) return { kind: "footage", missing };
  // Neither picture nor sound, each by a gap of its own.
  if (missing[0]) return { kind: "gap", gap: missing[0] };
  const first = lane.extents[0];
  const last = lane.extents.at(-1);
  if (!first || !last) return { kind: "none" };
  if (atMs < first.startMs) return { kind: "before" };
  if (atMs < last.endMs) return { kind: "none" };
  return { kind: live && atMs - last.endMs <= ARRIVING_WITHIN_MS ? "arriving" : "after" };
}

export interface NamedGap extends Gap {
  trackId: string;
  participantName: string;
}

/** All gaps of all participants, earliest first. */
export function allGaps(timeline: Timeline): NamedGap[] {
  return timeline.lanes
    .flatMap(({ trackId, participantName, gaps }) => gaps.map((gap) => ({ ...gap, trackId, participantName })))
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** So long before a gap the jump lands, that a reader sees how it came about. */
export const GAP_LEAD_MS = 2_000;

const SAME_STOP_MS = 500;

/** Where "next gap" (`+1`) or "previous gap" (`-1`) goes from `atMs`; null when there is none. */
export function gapJump(timeline: Timeline, atMs: WallMs, direction: 1 | -1): { gap: NamedGap; toMs: WallMs } | null {
  const stops = allGaps(timeline).map((gap) => ({
    gap,
    toMs: Math.max(timeline.startMs, gap.startMs - GAP_LEAD_MS),
  }));
  // Gaps of several participants begin together (a server restart): one stop. And "previous" soon after a jump moves on.
  const found =
    direction > 0
      ? stops.find(({ toMs }) => toMs > atMs + SAME_STOP_MS)
      : stops.findLast(({ toMs }) => toMs < atMs - SAME_STOP_MS);
  return found ?? null;
}

/** Where somebody's footage goes on, if nobody has any at `atMs`; else null. */
export function nextFootage(timeline: Timeline, atMs: WallMs): WallMs | null {
  const extents = timeline.lanes.flatMap((lane) => lane.extents);
  if (extents.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)) return null;
  const starts = extents.map(({ startMs }) => startMs).filter((startMs) => startMs > atMs);
  return starts.length > 0 ? Math.min(...starts) : null;
}

/** The length of all stretches of a row, in milliseconds. */
export function coveredMs(lane: Lane): number {
  return lane.extents.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
