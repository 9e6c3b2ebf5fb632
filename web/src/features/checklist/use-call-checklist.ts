/** The checklist in a live call: kept up to date, shown to the phone, driven by keys, and asked before the end. */
import { nextTick, provide, ref, type Ref } from "vue";
import { useRouter } from "vue-router";

import { useApiClient } from "@/api/use-api-client";
import type { EvidenceDesk } from "@/features/evidence/evidence-desk";
import { createOpinionDesk, officeOpinions, OPINION_DESK } from "@/features/opinions/opinion-desk";
import { useOpinionNews } from "@/features/opinions/use-opinion-news";
import { followTopic } from "@/rtc/topics";
import { useSignInState } from "@/shell/sign-in-state";

import { CHECKLIST_DESK, createChecklistDesk, type ChecklistDesk } from "./checklist-desk";
import { useChecklistKeys } from "./use-checklist-keys";
import { useGuiding, type GuidedRoom } from "./use-guiding";
import { useOpenWork } from "./use-open-work";

export interface CallChecklist {
  desk: ChecklistDesk;
  /** Whether the keys are explained. */
  helping: Ref<boolean>;
  /** What somebody should know before ending the call: lines of text, none if all is done. */
  warnings: () => string[];
  /** Opens that second of the footage beside the call. */
  jump: (at: string) => void;
}

export function useCallChecklist(
  inspectionId: string,
  room: GuidedRoom,
  evidence: EvidenceDesk,
  { clockOffsetMs, shownParticipant }: { clockOffsetMs: () => number; shownParticipant: () => string | null },
): CallChecklist {
  const router = useRouter();
  const { me } = useSignInState();
  const client = useApiClient();
  const desk = createChecklistDesk({
    client,
    inspectionId,
    me: { userId: me.value?.user_id ?? "", name: me.value?.display_name ?? "" },
    clockOffsetMs,
  });
  provide(CHECKLIST_DESK, desk);
  room.onCall((call) => followTopic(call.messages, "checklist", () => void desk.reload()));
  const opinions = createOpinionDesk(client, officeOpinions(inspectionId));
  provide(OPINION_DESK, opinions);
  room.onCall((call) => followTopic(call.messages, "opinions", () => void opinions.reload()));
  useOpinionNews(opinions, (partId, itemId) => {
    const part = desk.parts.value?.find((one) => one.part.part_id === partId);
    return part?.rows.find(({ point }) => point.id === itemId)?.point.text ?? "";
  });
  useGuiding(desk, room, evidence);
  void desk.reload();

  const helping = ref(false);
  useChecklistKeys(desk, {
    write: () => void nextTick(() => document.getElementById("checklist-note")?.focus()),
    mark: () => evidence.markMoment({ participantId: shownParticipant(), note: "" }),
    help: () => (helping.value = true),
  });

  return {
    desk,
    helping,
    warnings: useOpenWork(desk),
    jump(at) {
      const { href } = router.resolve({ name: "replay", params: { inspectionId }, query: { t: at } });
      window.open(href, "_blank", "noopener");
    },
  };
}
