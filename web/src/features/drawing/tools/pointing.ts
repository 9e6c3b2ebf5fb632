/** One's own pointer: where it is, at most thirty times a second, and again while it rests, so that nobody forgets it. */
import type { Clock } from "@/rtc/clock";
import type { ClientMessage, DrawnPoint } from "@/rtc/messages";

import { createPace } from "./pace";
import type { PictureName } from "./picture-name";

export interface Pointing {
  /** `aspect`: of the picture as it is shown now. */
  at: (picture: PictureName, place: DrawnPoint, aspect: number) => void;
  leave: () => void;
}

type Said = Extract<ClientMessage, { type: "point" }>;

const INTERVAL_MS = 34;
const REST_MS = 2000;

export function createPointing(clock: Clock, send: (message: ClientMessage) => void): Pointing {
  let last: Said | null = null;
  let stopResting: (() => void) | null = null;
  const pace = createPace<Said>(clock, say);

  function say(point: Said): void {
    send(point);
    stopResting?.();
    stopResting = clock.after(REST_MS, () => say(point));
  }

  return {
    at({ participantId, source }, place, aspect) {
      last = { type: "point", participant_id: participantId, source, place, aspect };
      pace.offer(last, INTERVAL_MS);
    },
    leave() {
      if (last === null) return;
      pace.drop();
      stopResting?.();
      stopResting = null;
      send({ ...last, place: null });
      last = null;
    },
  };
}
