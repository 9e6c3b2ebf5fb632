/**
 * Where the phone is, for photos that are taken without a call: found over and over once the person agreed, so that each
 * photo has it at once. The answer is the one of the call: who declined there is not asked here.
 */
import { onScopeDispose, type ShallowRef } from "vue";

import type { NewEvidence } from "@/api/evidence";
import { useObservable } from "@/features/call/parts/use-observable";
import { browserClock } from "@/rtc/clock";
import type { ClientMessage } from "@/rtc/messages";

import { createBrowserMark } from "../browser-mark";
import { browserPermission, PositionReporter, type AnswerMemory, type PositionState } from "./position";

/** With the phone's own camera on top this page finds nothing new; nobody is far away so soon. */
const GOOD_FOR_MS = 60_000;

export interface OwnPosition {
  state: Readonly<ShallowRef<PositionState>>;
  agree: () => void;
  decline: () => void;
  /** What was found last, as photos tell it; null if nothing was, or too long ago. */
  current: () => NewEvidence["position"];
}

export function useOwnPosition(token: string, clockOffsetMs: () => number): OwnPosition {
  let newest: ClientMessage | null = null;
  const reporter = new PositionReporter({
    geolocation: browserGeolocation(),
    permission: browserPermission,
    send: (message) => (newest = message),
    clock: browserClock,
    clockOffsetMs,
    memory: answerMemory(token),
  });
  void reporter.open();
  onScopeDispose(() => reporter.close());
  return {
    state: useObservable(reporter.state),
    agree: () => reporter.agree(),
    decline: () => reporter.decline(),
    current: () => positionFor(newest, Date.now() + clockOffsetMs()),
  };
}

/** Of the newest message about the position what goes with a photo that is taken at `nowMs`, by the server's clock. */
export function positionFor(newest: ClientMessage | null, nowMs: number): NewEvidence["position"] {
  if (newest?.type !== "position" || nowMs - Date.parse(newest.at) > GOOD_FOR_MS) return null;
  const { latitude, longitude, accuracy_m, at } = newest;
  return { latitude, longitude, accuracy_m, at };
}

/** Undefined where the browser has none. */
export function browserGeolocation(): Geolocation | undefined {
  return "geolocation" in navigator ? navigator.geolocation : undefined;
}

/** For this window: a reload does not ask again. */
export function answerMemory(token: string): AnswerMemory {
  const mark = createBrowserMark("inspect-no-position", () => window.sessionStorage);
  return { declined: () => mark.isSet(token), decline: () => mark.set(token) };
}
