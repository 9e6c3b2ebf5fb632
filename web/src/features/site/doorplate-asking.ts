/** Asks somebody on the site for the three photos of the doorplate route, one after the other. */
import { computed, ref, shallowRef, watch } from "vue";

import type { PhotoRequests } from "@/features/evidence/photo-requests";
import type { PhotoRequestState } from "@/rtc/messages";

import { nextStep, type Photo } from "./doorplate";

export interface DoorplateAsking {
  /** What became of each photo that this person was asked for, in the order of the steps; empty before the start. */
  photosOf: (participantId: string) => readonly Photo[];
  /** Begins with the first one; also anew, for a wish may be lost with the room that knew it. */
  start: (participantId: string) => void;
}

/** They belong to no point of the checklist. */
const NOWHERE = { partId: null, itemId: null };

export function createDoorplateAsking(requests: Pick<PhotoRequests, "ask" | "cancel" | "list">): DoorplateAsking {
  const asked = shallowRef<readonly string[]>([]);
  const whom = ref<string | null>(null);

  const photos = computed(() =>
    asked.value.map((id) => photoOf(requests.list.value.find(({ request_id }) => request_id === id))),
  );
  function goOn(): void {
    const step = nextStep(photos.value);
    if (step === null || whom.value === null) return;
    asked.value = [...asked.value, requests.ask(whom.value, NOWHERE, { doorplate: step })];
  }
  watch(photos, goOn);

  return {
    photosOf: (participantId) => (participantId === whom.value ? photos.value : []),
    start(participantId) {
      if (photos.value.at(-1) === "asked") requests.cancel(asked.value.at(-1) ?? "");
      whom.value = participantId;
      asked.value = [];
      goOn();
    },
  };
}

function photoOf(request: PhotoRequestState | undefined): Photo {
  if (request?.stage === "sent") return "sent";
  return request?.stage === "declined" || request?.stage === "cancelled" ? "declined" : "asked";
}
