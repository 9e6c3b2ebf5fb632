/** Why there is or is no picture or sound from the own device, in the words of the protocol. */

import type { MediaCondition } from "./messages";

export interface Circumstances {
  /** Whether this side takes part with such a device at all. */
  wanted: boolean;
  mutedByPerson: boolean;
  track: Pick<MediaStreamTrack, "muted" | "readyState"> | null;
  /** Whether the page is in the background. */
  hidden: boolean;
  /** Whether the system takes the device away in the background without saying so. */
  backgroundTakesIt: boolean;
}

export function conditionOf(now: Circumstances): MediaCondition {
  if (!now.wanted) return "off";
  const works = now.track !== null && now.track.readyState === "live" && !now.track.muted;
  if (now.hidden && (now.backgroundTakesIt || !works)) return "background";
  if (!works) return "unavailable";
  return now.mutedByPerson ? "muted" : "on";
}
