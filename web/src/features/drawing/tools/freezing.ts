/**
 * Pictures that the inspector holds still to look at them; their footage goes on.
 *
 * Only this page has the very picture: it shows it in full, and sends the others a small copy once somebody draws on it.
 * After a reload it is gone, so a picture that was frozen then goes on.
 */
import { inject, shallowRef, type InjectionKey, type ShallowRef } from "vue";

import { newEvidenceId } from "@/api/evidence";
import type { Frame } from "@/features/evidence/frame";
import type { Call } from "@/rtc/call";
import type { Clock } from "@/rtc/clock";
import type { ClientMessage, Frozen } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";
import { pictureId } from "@/rtc/pictures";

import type { Boards } from "../boards";
import { idOf, type PictureName } from "./picture-name";

export interface HeldPicture {
  freeze: string;
  picture: PictureName;
  frame: Frame;
}

export interface Freezing {
  /** By picture: those that this page froze. */
  held: Readonly<ShallowRef<ReadonlyMap<string, HeldPicture>>>;
  freeze: (picture: PictureName, frame: Frame) => void;
  /** Lets it go on, whoever froze it. */
  unfreeze: (picture: PictureName) => void;
  /** Ties it to a call that is entered, after `boards`. */
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

export interface FreezingOptions {
  boards: Pick<Boards, "of">;
  send: (message: ClientMessage) => void;
  clock: Clock;
  /** The own participant. */
  me: () => string | null;
  /** A copy for the others, base64; null: it cannot be made. */
  copyOf: (picture: HTMLCanvasElement) => string | null;
}

/** After a welcome the boards are told at once; what is not told by then went on meanwhile. */
const TOLD_WITHIN_MS = 3000;

export const FREEZING: InjectionKey<Freezing> = Symbol("freezing");

export function useFreezing(): Freezing {
  const freezing = inject(FREEZING);
  if (freezing === undefined) throw new Error("Nothing is frozen here.");
  return freezing;
}

export function createFreezing({ boards, send, clock, me, copyOf }: FreezingOptions): Freezing {
  const held = shallowRef<ReadonlyMap<string, HeldPicture>>(new Map());
  /** Freezes that the server has told of since the newest welcome, and those whose copy was sent. */
  const confirmed = new Set<string>();
  const shown = new Set<string>();

  function sayFreeze({ freeze, picture: { participantId, source } }: HeldPicture): void {
    send({ type: "freeze", id: freeze, freeze, participant_id: participantId, source });
  }

  function release(picture: string): void {
    const next = new Map(held.value);
    if (next.delete(picture)) held.value = next;
  }

  function boardTold(picture: string, frozen: Frozen | null): void {
    const own = held.value.get(picture);
    if (frozen !== null && frozen.freeze === own?.freeze) confirmed.add(frozen.freeze);
    else if (own !== undefined && (confirmed.has(own.freeze) || frozen !== null)) release(picture);
    else if (frozen !== null && frozen.author === me() && frozen.jpeg === null) send({ type: "unfreeze", freeze: frozen.freeze });
    showOthers(picture);
  }

  function showOthers(picture: string): void {
    const own = held.value.get(picture);
    const { frozen, drawn } = boards.of(picture);
    if (own === undefined || frozen?.freeze !== own.freeze || frozen.jpeg !== null) return;
    if (drawn.length === 0 || shown.has(own.freeze)) return;
    const jpeg = copyOf(own.frame.picture);
    shown.add(own.freeze);
    if (jpeg !== null) send({ type: "show_frame", freeze: own.freeze, jpeg });
  }

  function welcomed(): void {
    confirmed.clear();
    shown.clear();
    held.value.forEach(sayFreeze);
    clock.after(TOLD_WITHIN_MS, () => {
      for (const [picture, { freeze }] of held.value) if (!confirmed.has(freeze)) release(picture);
    });
  }

  return {
    held,
    freeze(picture, frame) {
      const one = { freeze: newEvidenceId(), picture, frame };
      held.value = new Map(held.value).set(idOf(picture), one);
      sayFreeze(one);
    },
    unfreeze(picture) {
      const freeze = held.value.get(idOf(picture))?.freeze ?? boards.of(idOf(picture)).frozen?.freeze;
      release(idOf(picture));
      if (freeze !== undefined) send({ type: "unfreeze", freeze });
    },
    follow({ messages }) {
      const stops = [
        messages.on("board", ({ participant_id, source, frozen }) => boardTold(pictureId(participant_id, source), frozen)),
        messages.on("drawn", ({ participant_id, source }) => showOthers(pictureId(participant_id, source))),
        messages.on("error", ({ in_reply_to }) => {
          for (const [picture, { freeze }] of held.value) if (freeze === in_reply_to) release(picture);
        }),
        messages.on("welcome", welcomed),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}
