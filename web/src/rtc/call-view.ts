/** What a page draws of a call, and how each event changes it. Pure: times come with the events. */

import type {
  FootageState,
  InspectionKind,
  ParticipantQuality,
  ParticipantRole,
  ParticipantState,
  ServerMessage,
  Welcome,
} from "./messages";
import { pictureId } from "./pictures";
import type { SignallingState } from "./signalling";
import type { SuccessionState } from "./succession";

export type CallPhase =
  | { name: "joining" }
  /** At the door, until the inspector lets them in. */
  | { name: "waiting" }
  | { name: "live" }
  | { name: "reconnecting"; sinceMs: number }
  | { name: "replaced" }
  | { name: "ended" }
  | { name: "left" }
  | { name: "failed"; code: string };

export interface Notice {
  code: string;
  params: Readonly<Record<string, string | number>>;
}

export interface CallView {
  phase: CallPhase;
  signalling: SignallingState["name"];
  /** Tickets are given, but no WebSocket opens: some iPhones refuse them under a self-made certificate. */
  socketRefused: boolean;
  /** The own participant; null before the first welcome. */
  participantId: string | null;
  role: ParticipantRole | null;
  kind: InspectionKind | null;
  /** Milliseconds since 1970 by the server's clock. */
  startedAtMs: number | null;
  /** Add to the device's wall clock to get the server's. */
  clockOffsetMs: number;
  participants: readonly ParticipantState[];
  /** Since when those who are away are away, by the server's clock; nothing for whom this page never saw here. */
  awaySinceMs: Readonly<Record<string, number>>;
  /** By picture. */
  quality: Readonly<Record<string, ParticipantQuality>>;
  footage: FootageState | null;
  /** When the newest `footage` came, by the server's clock. */
  footageAtMs: number | null;
  /** By picture. */
  streams: ReadonlyMap<string, MediaStream>;
  publishing: SuccessionState;
  watching: SuccessionState;
  /** Why the own camera cannot be sent at all, as a code, or null. */
  publishProblem: string | null;
  /** The newest complaint of the server that does not end the call. */
  notice: Notice | null;
}

/** Whether an inspector lets nobody hear the person at this page. */
export function isSilenced({ participants, participantId }: Pick<CallView, "participants" | "participantId">): boolean {
  return participants.some((one) => one.participant_id === participantId && one.silenced);
}

export const FIRST_VIEW: CallView = {
  phase: { name: "joining" },
  signalling: "connecting",
  socketRefused: false,
  participantId: null,
  role: null,
  kind: null,
  startedAtMs: null,
  clockOffsetMs: 0,
  participants: [],
  awaySinceMs: {},
  quality: {},
  footage: null,
  footageAtMs: null,
  streams: new Map(),
  publishing: "idle",
  watching: "idle",
  publishProblem: null,
  notice: null,
};

export type CallEvent =
  | { type: "signalling"; state: SignallingState }
  | { type: "welcome"; welcome: Welcome }
  | { type: "message"; message: ServerMessage }
  | { type: "publishing"; state: SuccessionState; problem: string | null }
  | { type: "watching"; state: SuccessionState }
  | { type: "streams"; streams: ReadonlyMap<string, MediaStream> };

/** Args: wallNowMs — the device's wall clock. */
export function reduce(view: CallView, event: CallEvent, wallNowMs: number): CallView {
  switch (event.type) {
    case "signalling":
      return signallingChanged(view, event.state, wallNowMs);
    case "welcome":
      return welcomed(view, event.welcome, wallNowMs);
    case "message":
      return told(view, event.message, wallNowMs);
    case "publishing":
      return settled({ ...view, publishing: event.state, publishProblem: event.problem }, wallNowMs);
    case "watching":
      return { ...view, watching: event.state };
    case "streams":
      return { ...view, streams: event.streams };
  }
}

/** Whether the call is over for this window. */
export function isOver(phase: CallPhase): boolean {
  return !["joining", "waiting", "live", "reconnecting"].includes(phase.name);
}

function signallingChanged(view: CallView, state: SignallingState, wallNowMs: number): CallView {
  switch (state.name) {
    case "connecting":
      return settled({ ...view, signalling: "connecting", socketRefused: state.socketRefused }, wallNowMs);
    case "open":
      // Live again only after the welcome, which follows at once.
      return { ...view, signalling: "open", socketRefused: false };
    case "over":
      return {
        ...view,
        signalling: "over",
        phase: state.why === "refused" ? { name: "failed", code: state.code } : { name: state.why },
      };
  }
}

function welcomed(view: CallView, welcome: Welcome, wallNowMs: number): CallView {
  const clockOffsetMs = Date.parse(welcome.server_time) - wallNowMs;
  const entered: CallView = {
    ...view,
    phase: phaseAfter(welcome, view.phase),
    participantId: welcome.participant_id,
    role: welcome.role,
    kind: welcome.kind,
    startedAtMs: Date.parse(welcome.started_at),
    clockOffsetMs,
    notice: null,
  };
  return settled(withParticipants(entered, welcome.participants, wallNowMs), wallNowMs);
}

function phaseAfter(welcome: Welcome, before: CallPhase): CallPhase {
  if (!welcome.admitted) return { name: "waiting" };
  return before.name === "waiting" ? { name: "joining" } : before;
}

function told(view: CallView, message: ServerMessage, wallNowMs: number): CallView {
  switch (message.type) {
    case "participants":
      return withParticipants(view, message.participants, wallNowMs);
    case "quality":
      return { ...view, quality: Object.fromEntries(message.participants.map((one) => [pictureId(one.participant_id, one.source), one])) };
    case "footage":
      return { ...view, footage: message, footageAtMs: wallNowMs + view.clockOffsetMs };
    case "error":
      return { ...view, notice: { code: message.code, params: message.params ?? {} } };
    default:
      return view;
  }
}

function withParticipants(view: CallView, participants: readonly ParticipantState[], wallNowMs: number): CallView {
  const away = participants.filter((one) => one.presence === "away").map((one) => one.participant_id);
  const seenHere = new Set(
    view.participants.filter((one) => one.presence !== "away").map((one) => one.participant_id),
  );
  const awaySinceMs = Object.fromEntries(
    away
      .map((id) => [id, view.awaySinceMs[id] ?? (seenHere.has(id) ? wallNowMs + view.clockOffsetMs : null)] as const)
      .filter((entry): entry is readonly [string, number] => entry[1] !== null),
  );
  return { ...view, participants, awaySinceMs };
}

/** Decides between joining, live and reconnecting; what is over stays over. */
function settled(view: CallView, wallNowMs: number): CallView {
  const { phase, publishing } = view;
  if (isOver(phase) || phase.name === "waiting" || view.participantId === null) return view;
  const broken = view.signalling !== "open" || publishing === "interrupted";
  if (phase.name === "live") {
    return broken ? { ...view, phase: { name: "reconnecting", sinceMs: wallNowMs } } : view;
  }
  return broken || publishing === "connecting" ? view : { ...view, phase: { name: "live" } };
}
