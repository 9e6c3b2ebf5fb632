/** The checklist in a live call: kept up to date, shown to the phone, driven by keys, and asked before the end. */
import { nextTick, provide, ref, type Ref } from "vue";
import { useI18n } from "vue-i18n";
import { useRouter } from "vue-router";

import { useApiClient } from "@/api/use-api-client";
import type { EvidenceDesk } from "@/features/evidence/evidence-desk";
import { createOpinionDesk, officeOpinions, OPINION_DESK } from "@/features/opinions/opinion-desk";
import { useOpinionNews } from "@/features/opinions/use-opinion-news";
import { followTopic } from "@/rtc/topics";
import { useSignInState } from "@/shell/sign-in-state";

import { CHECKLIST_DESK, createChecklistDesk, type ChecklistDesk } from "./checklist-desk";
import { openRequired } from "./standing";
import { useChecklistKeys } from "./use-checklist-keys";
import { useGuiding, type GuidedRoom } from "./use-guiding";

/** So many open points are named; more would not be read. */
const MOST_NAMED = 8;

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
  const { t } = useI18n();
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

  function warnings(): string[] {
    const own = (desk.parts.value ?? []).filter(({ part }) => part.may_decide);
    const open = own.filter(({ part }) => part.conclusion === null).flatMap(({ rows }) => openRequired(rows));
    const named = open.slice(0, MOST_NAMED).map(({ point }) => `  ${point.position}. ${point.text}`);
    const unconcluded = own.filter(({ part }) => part.conclusion === null).map(({ part }) => part.permit_item_name);
    return [
      ...(open.length > 0 ? [t("checklist.end.open", { n: open.length }), ...named] : []),
      ...(open.length > MOST_NAMED ? ["  …"] : []),
      ...(unconcluded.length > 0 ? [t("checklist.end.unconcluded", { names: unconcluded.join("、") })] : []),
      ...(desk.saving.value.name === "saved" ? [] : [t("checklist.end.unsaved")]),
    ];
  }

  return {
    desk,
    helping,
    warnings,
    jump(at) {
      const { href } = router.resolve({ name: "replay", params: { inspectionId }, query: { t: at } });
      window.open(href, "_blank", "noopener");
    },
  };
}
