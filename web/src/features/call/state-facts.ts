/** How the call stands, in the few facts that the inspector keeps in sight. Pure. */
import type { CallView } from "@/rtc/call-view";
import type { FootageAlarm, LinkLevel, ParticipantState, WhereaboutsState } from "@/rtc/messages";

import { othersOf, siteOf } from "./presence";
import { safeAgeOf } from "./safe-age";

/** `none`: nothing is known of it, as of who sends nothing. */
export type LinkState = LinkLevel | "away" | "none";

export type PlaceState = "inside" | "outside" | "unclear" | "refused" | "unknown";

export interface StateFacts {
  recording: boolean;
  /** Since the first one came in; null before. */
  elapsedMs: number | null;
  /** How long it was to take; null if nothing was agreed. */
  plannedMs: number | null;
  overtime: boolean;
  /** All footage before is safe; null while nothing is, by the server's clock. */
  safeUntilMs: number | null;
  safeIsLate: boolean;
  gaps: number;
  pending: number;
  alarms: readonly FootageAlarm[];
  site: LinkState;
  own: LinkState;
  place: PlaceState;
  /** Everybody who is here, oneself too. */
  here: readonly ParticipantState[];
}

export interface Circumstances {
  view: CallView;
  /** The device's wall clock. */
  nowMs: number;
  plannedMinutes: number | null;
  /** Of who shows the site, as they told last. */
  whereabouts: WhereaboutsState | null;
}

export function factsOf({ view, nowMs, plannedMinutes, whereabouts }: Circumstances): StateFacts {
  const { footage, startedAtMs, clockOffsetMs, participants, participantId } = view;
  const elapsedMs = startedAtMs === null ? null : Math.max(0, nowMs + clockOffsetMs - startedAtMs);
  const plannedMs = plannedMinutes === null ? null : plannedMinutes * 60_000;
  const age = safeAgeOf(view, nowMs);
  const site = siteOf(othersOf(participants, participantId));
  return {
    recording: footage?.recording ?? false,
    elapsedMs,
    plannedMs,
    overtime: elapsedMs !== null && plannedMs !== null && elapsedMs > plannedMs,
    safeUntilMs: age === null ? null : nowMs + clockOffsetMs - age.ageMs,
    safeIsLate: age?.late ?? false,
    gaps: footage?.gap_count ?? 0,
    pending: footage?.pending_segments ?? 0,
    alarms: footage?.alarms ?? [],
    site: site === null ? "none" : linkOf(view, site),
    own: ownLinkOf(view),
    place: placeOf(whereabouts),
    here: participants.filter((one) => one.presence !== "left"),
  };
}

function linkOf(view: CallView, { participant_id, presence }: ParticipantState): LinkState {
  if (presence === "away") return "away";
  return view.quality[participant_id]?.level ?? "none";
}

function ownLinkOf(view: CallView): LinkState {
  if (view.phase.name === "reconnecting") return "away";
  return view.participantId === null ? "none" : (view.quality[view.participantId]?.level ?? "none");
}

function placeOf(told: WhereaboutsState | null): PlaceState {
  if (told === null) return "unknown";
  if (told.why != null) return "refused";
  return told.nearness ?? "unknown";
}
