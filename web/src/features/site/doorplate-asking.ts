/** Asks somebody on the site for the three photos of the doorplate route, one after the other. */
import { computed, shallowRef, watch, type ComputedRef } from "vue";

import type { PhotoRequests } from "@/features/evidence/photo-requests";
import type { PhotoRequestState } from "@/rtc/messages";

import { nextStep, STEPS, type Photo, type Step } from "./doorplate";

export interface DoorplateAsking {
  /** What became of each photo that was asked for, in the order of the steps; empty before the start. */
  photos: ComputedRef<readonly Photo[]>;
  isOver: ComputedRef<boolean>;
  start: (participantId: string) => void;
}

export interface DoorplateOptions {
  photos: Pick<PhotoRequests, "ask" | "list">;
  /** What the person on the site reads. */
  wordsOf: (step: Step) => string;
}

/** They belong to no point of the checklist. */
const NOWHERE = { partId: null, itemId: null };

export function createDoorplateAsking({ photos: requests, wordsOf }: DoorplateOptions): DoorplateAsking {
  const asked = shallowRef<readonly string[]>([]);
  let participantId: string | null = null;

  const photos = computed(() =>
    asked.value.map((id) => photoOf(requests.list.value.find(({ request_id }) => request_id === id))),
  );
  function goOn(): void {
    const step = nextStep(photos.value);
    if (step === null || participantId === null) return;
    asked.value = [...asked.value, requests.ask(participantId, NOWHERE, wordsOf(step))];
  }
  watch(photos, goOn);

  return {
    photos,
    isOver: computed(() => photos.value.length === STEPS.length && photos.value.at(-1) !== "asked"),
    start(id) {
      participantId = id;
      asked.value = [];
      goOn();
    },
  };
}

function photoOf(request: PhotoRequestState | undefined): Photo {
  if (request?.stage === "sent") return "sent";
  return request?.stage === "declined" || request?.stage === "cancelled" ? "declined" : "asked";
}
