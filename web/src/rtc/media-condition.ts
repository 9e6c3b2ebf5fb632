/** Why there is or is no picture or sound from the own device, in the words of the protocol. */

import type { MediaCondition } from "./messages";

export interface Circumstances {
  /** Whether this side takes part with such a device at all. */
  wanted: boolean;
  mutedByPerson: boolean;
  track: Pick<MediaStreamTrack, "muted" | "readyState"> | null;
  /** Whether it could not be opened again because somebody else has it. */
  inUse: boolean;
  /** Whether the page is in the background. */
  hidden: boolean;
  /** Whether it was taken while the page could still be seen: then the background is not why. */
  takenInSight: boolean;
  /** Whether the system takes the device away in the background without saying so. */
  backgroundTakesIt: boolean;
}

export function conditionOf(now: Circumstances): MediaCondition {
  if (!now.wanted) return "off";
  const isOpen = now.track !== null && now.track.readyState === "live";
  const works = isOpen && now.track?.muted === false;
  // A page mutes no track itself: the system does, while a phone call or another app has the device.
  const taken = !works && (isOpen || now.inUse);
  if (taken && (!now.hidden || now.takenInSight)) return "taken";
  if (now.hidden && (now.backgroundTakesIt || !works)) return "background";
  if (!works) return "unavailable";
  return now.mutedByPerson ? "muted" : "on";
}
