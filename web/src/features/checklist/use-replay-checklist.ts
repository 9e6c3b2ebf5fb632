/** The checklist beside the footage: every judgement leads to its second, and every mark above the timeline to its point. */
import { computed, provide, watch, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";

import { useApiClient } from "@/api/use-api-client";
import { createMomentDesk, type MomentDesk } from "@/features/moments/moment-desk";
import { momentMarks } from "@/features/moments/moment-marks";
import { createEvidenceDesk, EVIDENCE_DESK, type EvidenceDesk } from "@/features/evidence/evidence-desk";
import { useNoteText } from "@/features/evidence/note-text";
import { createOpinionDesk, officeOpinions, OPINION_DESK } from "@/features/opinions/opinion-desk";
import type { Mark } from "@/features/replay/timeline/marks";
import { useSignInState } from "@/shell/sign-in-state";

import { CHECKLIST_DESK, createChecklistDesk, type ChecklistDesk } from "./checklist-desk";
import type { Judgement } from "./standing";

const GROUPS: Readonly<Record<Judgement, Mark["group"]>> = {
  pass: "good",
  fail: "bad",
  not_applicable: "other",
  cannot_be_judged_remotely: "other",
};

export interface ReplayChecklist {
  desk: ChecklistDesk;
  evidence: EvidenceDesk;
  noted: MomentDesk;
  marks: ComputedRef<Mark[]>;
  /** Shows the point that a mark is about, if it is about one. */
  choose: (key: string) => void;
}

/** `changed`: something that changes whenever the page has looked for more footage. */
export function useReplayChecklist(inspectionId: string, serverNow: () => number, changed: () => unknown): ReplayChecklist {
  const { t } = useI18n();
  const noteText = useNoteText();
  const { me } = useSignInState();
  const client = useApiClient();
  const clockOffsetMs = (): number => serverNow() - Date.now();
  const user = { userId: me.value?.user_id ?? "", name: me.value?.display_name ?? "" };
  const desk = createChecklistDesk({ client, inspectionId, me: user, clockOffsetMs });
  const evidence = createEvidenceDesk({ client, inspectionId, userId: user.userId, clockOffsetMs, deviceOf: () => "" });
  provide(CHECKLIST_DESK, desk);
  const opinions = createOpinionDesk(client, officeOpinions(inspectionId));
  provide(EVIDENCE_DESK, evidence);
  provide(OPINION_DESK, opinions);
  const noted = createMomentDesk(client, inspectionId);
  watch(
    changed,
    () => {
      void desk.reload();
      void evidence.reload();
      void opinions.reload();
      void noted.reload();
    },
    { immediate: true },
  );

  const judgements = computed(() =>
    (desk.parts.value ?? []).flatMap(({ part, rows }) =>
      rows.flatMap(({ point, standing }) => {
        if (standing === null) return [];
        const label = `${point.position}. ${point.text}: ${t(`checklist.judgement.${standing.judgement}`)}`;
        const key = keyOf(part.part_id, point.id);
        return [{ key, atMs: Date.parse(standing.judgedAt), family: "judged" as const, group: GROUPS[standing.judgement], label }];
      }),
    ),
  );
  const conclusions = computed(() =>
    (desk.parts.value ?? []).flatMap(({ part }) => {
      if (part.conclusion === null) return [];
      const label = `${part.permit_item_name}: ${t(`checklist.conclusion.${part.conclusion.conclusion}`)}`;
      const group: Mark["group"] = part.conclusion.conclusion === "pass" ? "good" : "bad";
      const family = "judged" as const;
      return [{ key: keyOf(part.part_id, ""), atMs: Date.parse(part.conclusion.concluded_at), family, group, label }];
    }),
  );
  const taken = computed(() =>
    evidence.entries.value.map(({ about }) => ({
      key: keyOf(about.part_id ?? "", about.checklist_item_id ?? ""),
      atMs: Date.parse(about.taken_at),
      family: "pictures" as const,
      group: "moment" as const,
      label: noteText(about) || t(about.kind === "moment" ? "checklist.marked" : "checklist.picture"),
    })),
  );

  const written = computed(() =>
    (opinions.opinions.value ?? []).map((one) => ({
      key: keyOf(one.part_id, one.checklist_item_id),
      atMs: Date.parse(one.given_at),
      family: "opinions" as const,
      group: "opinion" as const,
      label: t("replay.opinion", { name: one.author_name, text: one.text }),
    })),
  );
  const happened = computed(() => momentMarks(noted.moments.value ?? [], noted.names.value, (key, values) => t(key, values)));

  return {
    desk,
    evidence,
    noted,
    marks: computed(() => [...judgements.value, ...conclusions.value, ...taken.value, ...written.value, ...happened.value]),
    choose(key) {
      const [partId = "", itemId = ""] = key.split("/");
      const part = desk.parts.value?.find((one) => one.part.part_id === partId);
      const item = part?.rows.find(({ point }) => point.id === itemId) ?? part?.rows[0];
      if (item !== undefined) desk.goTo({ partId, itemId: item.point.id });
    },
  };
}

function keyOf(partId: string, itemId: string): string {
  return `${partId}/${itemId}`;
}
