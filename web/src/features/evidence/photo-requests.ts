/**
 * Photos that the inspector asks for in the call, and how far each is.
 *
 * A wish that was said while the WebSocket was gone is said again by `welcome`; its id is the page's, so that it stays
 * one wish.
 */
import { computed, inject, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from "vue";

import { newEvidenceId } from "@/api/evidence";
import type { Call } from "@/rtc/call";
import type { ClientMessage, PhotoRequestState } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";

import type { Place } from "./evidence-desk";
import type { Doorplate } from "./note-text";

const COMING: ReadonlySet<PhotoRequestState["stage"]> = new Set(["asked", "taking", "sending"]);

/** In the inspector's words, or what of the doorplate: that the person reads in their own language. */
export type Wanted = { note: string } | { doorplate: Doorplate };

type PhotoWish = Extract<ClientMessage, { type: "photo_request" }>;

export interface PhotoRequests {
  /** Oldest first, those that are over included. */
  list: Readonly<ShallowRef<readonly PhotoRequestState[]>>;
  ask: (participantId: string, place: Place, wanted: Wanted) => string;
  cancel: (requestId: string) => void;
  /** How many were asked for and are not there yet, as far as the room knows. */
  coming: ComputedRef<number>;
  /** Ties it to a call that is entered. */
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

export const PHOTO_REQUESTS: InjectionKey<PhotoRequests> = Symbol("photo-requests");

export function usePhotoRequests(): PhotoRequests {
  const requests = inject(PHOTO_REQUESTS);
  if (!requests) throw new Error("No photo requests are provided here");
  return requests;
}

export function createPhotoRequests(send: (message: ClientMessage) => void): PhotoRequests {
  const list = shallowRef<readonly PhotoRequestState[]>([]);
  const unheard = new Map<string, PhotoWish>();

  return {
    list,
    coming: computed(() => list.value.filter(({ stage }) => COMING.has(stage)).length),
    ask(participantId, place, wanted) {
      const wish: PhotoWish = {
        type: "photo_request",
        request_id: newEvidenceId(),
        participant_id: participantId,
        part_id: place.partId,
        checklist_item_id: place.itemId,
        note: "",
        doorplate: null,
        ...wanted,
      };
      unheard.set(wish.request_id, wish);
      send({ ...wish, id: wish.request_id });
      return wish.request_id;
    },
    cancel: (requestId) => send({ type: "photo_cancel", request_id: requestId }),
    follow({ messages }) {
      const stops = [
        messages.on("photo_requests", ({ requests }) => {
          for (const { request_id } of requests) unheard.delete(request_id);
          list.value = requests;
        }),
        // Refused for what it is: saying it again would not help.
        messages.on("error", ({ in_reply_to }) => unheard.delete(in_reply_to ?? "")),
        messages.on("welcome", () => unheard.forEach((wish) => send({ ...wish, id: wish.request_id }))),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}
