/** The hand of who joins by link and may point, draw or ask something of another one's camera (roles.ts). */
import { computed, onScopeDispose, provide, type ComputedRef } from "vue";

import { useObservable } from "@/features/call/parts/use-observable";
import type { Board, Boards } from "@/features/drawing/boards";
import { createDrawingDesk, DRAWING_DESK, type DrawingDesk } from "@/features/drawing/tools/drawing-desk";
import { idOf, type PictureName } from "@/features/drawing/tools/picture-name";
import { createHandDesk, HAND_DESK } from "@/features/hand/hand-desk";
import type { Call } from "@/rtc/call";
import { browserClock } from "@/rtc/clock";
import type { ClientMessage, ParticipantRole } from "@/rtc/messages";
import type { Picture } from "@/rtc/pictures";

import type { OwnCamera } from "../call/layout";
import { draws, operates } from "../roles";

export interface GuestHand {
  drawing: DrawingDesk;
  /** The large picture, where this person may draw on it. */
  drawnOn: ComputedRef<PictureName | null>;
  /** The large picture, where its camera can be asked for something. */
  asked: ComputedRef<Picture | null>;
  /** Everything on a picture, one's own shapes that are under way too. */
  boardOf: (picture: PictureName) => Board;
}

/** `large`: the large picture, one's own or another one's. */
export function useGuestHand(
  call: Call,
  boards: Boards,
  role: ParticipantRole,
  large: () => { mine: OwnCamera | null; other: Picture | null },
): GuestHand {
  const view = useObservable(call.view);
  const send = (message: ClientMessage): void => call.send(message);
  const drawing = createDrawingDesk({ boards, send, clock: browserClock, me: () => view.value.participantId });
  provide(DRAWING_DESK, drawing);
  if (draws(role)) onScopeDispose(drawing.follow(call));
  const hand = createHandDesk(browserClock, send);
  provide(HAND_DESK, hand);
  if (operates(role)) onScopeDispose(hand.follow(call));

  const drawnOn = computed<PictureName | null>(() => {
    if (!draws(role)) return null;
    const { mine, other } = large();
    if (other !== null) return { participantId: other.person.participant_id, source: other.source };
    const { participantId } = view.value;
    // One's own face is shown as in a mirror, to oneself only.
    return mine === null || mine.facing === "user" || participantId === null ? null : { participantId, source: mine.source };
  });
  /** Whose page answers: machines have none, and an officer is asked aloud. */
  const asked = computed(() => {
    const { other } = large();
    return operates(role) && other !== null && ["enterprise", "helper", "expert"].includes(other.person.role) ? other : null;
  });

  return {
    drawing,
    drawnOn,
    asked,
    boardOf: (picture) => (draws(role) ? drawing.boardOf(picture) : boards.of(idOf(picture))),
  };
}
