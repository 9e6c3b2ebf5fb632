/** For how long the own picture was away and why, told once it is back. Pure: the clock is an argument. */
import type { MediaCondition } from "@/rtc/messages";

export interface Absence {
  seconds: number;
  why: "background" | "taken";
}

export interface AbsenceWatch {
  /** Where the picture stands now; returns what there is to tell, or null. */
  now: (camera: MediaCondition, nowMs: number) => Absence | null;
}

/** A picture that was away for less is not worth a word. */
const SHORTEST_MS = 2000;

export function createAbsenceWatch(): AbsenceWatch {
  let since: number | null = null;
  let why: Absence["why"] = "taken";

  return {
    now(camera, nowMs) {
      if (camera === "background" || camera === "taken" || camera === "unavailable") {
        since ??= nowMs;
        // A page in the background is the reason, also where the system takes the camera a moment before or after.
        if (camera === "background") why = "background";
        return null;
      }
      const away = since === null ? 0 : nowMs - since;
      const told: Absence | null = camera === "on" && away >= SHORTEST_MS ? { seconds: Math.round(away / 1000), why } : null;
      since = null;
      why = "taken";
      return told;
    },
  };
}
