/** Which of all that is known of a phone's place is shown. Pure. */
import type { WhereaboutsState } from "@/rtc/messages";

import type { Report } from "./site-api";

/**
 * The newest of what is kept and what was told last: reports that come fast are told and not kept. Of the same moment
 * the kept one counts, for its distance is from where the site is registered now.
 */
export function newestOf(kept: readonly Report[], told: WhereaboutsState | null): Report | null {
  const last = kept.at(-1) ?? null;
  if (told === null || told.latitude == null || told.longitude == null || told.accuracy_m == null) return last;
  if (last !== null && Date.parse(last.at) >= Date.parse(told.at)) return last;
  return {
    participant_id: told.participant_id,
    at: told.at,
    latitude: told.latitude,
    longitude: told.longitude,
    accuracy_m: told.accuracy_m,
    distance_m: told.distance_m ?? null,
    nearness: told.nearness ?? null,
  };
}
