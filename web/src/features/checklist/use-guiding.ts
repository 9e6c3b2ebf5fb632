/**
 * Tells the phone which point the inspector is at, and the evidence where to file what is taken now.
 *
 * The room keeps it only while it lives, so it is said again after every `welcome`. A look into another department's
 * list leads nobody astray: only a list of one's own guides.
 */
import { computed, watch } from "vue";

import type { EvidenceDesk } from "@/features/evidence/evidence-desk";
import type { Call } from "@/rtc/call";
import type { ClientMessage } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";

import type { ChecklistDesk } from "./checklist-desk";

export interface GuidedRoom {
  send: (message: ClientMessage) => void;
  onCall: (follow: (call: Call) => Unsubscribe) => void;
}

export function useGuiding(desk: ChecklistDesk, room: GuidedRoom, evidence: EvidenceDesk): void {
  const guiding = computed(() => (desk.current.value?.part.may_decide === true ? desk.at.value : null));

  function tell(): void {
    const { partId = null, itemId = null } = guiding.value ?? {};
    room.send({ type: "focus", id: null, part_id: partId, checklist_item_id: itemId });
  }

  watch(guiding, (now, before) => {
    if (now?.itemId === before?.itemId && now?.partId === before?.partId) return;
    evidence.place.value = { partId: now?.partId ?? null, itemId: now?.itemId ?? null };
    tell();
  });
  room.onCall((call) => call.messages.on("welcome", tell));
}
