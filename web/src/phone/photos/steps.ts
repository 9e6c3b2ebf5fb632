/** How each point of a photo round stands. Pure. */
import type { Schema } from "@/api/client";
import type { Evidence } from "@/api/evidence";
import type { Letter } from "@/features/evidence/outbox";

import type { Skip } from "./round";

export type StepStatus = "open" | "kept" | "sent" | "skipped";

export interface Step {
  partId: string;
  itemId: string;
  area: string;
  text: string;
  show: string;
  status: StepStatus;
  /** Of a skip that counts. */
  reason: string;
}

/** A photo of a point takes an earlier skip of it back; one that was refused counts as none. */
export function stepsOf(
  parts: readonly Schema<"RoutePart">[],
  sent: readonly Evidence[],
  letters: readonly Letter[],
  skips: readonly Skip[],
): Step[] {
  return parts.flatMap(({ part_id, points }) =>
    points.map(({ checklist_item_id, area, text, show }) => {
      const here = (one: { part_id: string | null; checklist_item_id: string | null }): boolean =>
        one.part_id === part_id && one.checklist_item_id === checklist_item_id;
      const there = sent.filter(here);
      const isHere = ({ outgoing, state }: Letter): boolean => here(outgoing.about) && state.name !== "refused";
      const pictures = [...there, ...letters.filter(isHere).map(({ outgoing }) => outgoing.about)];
      const newest = Math.max(0, ...pictures.map(({ taken_at }) => Date.parse(taken_at)));
      const skip = skips.filter(({ said }) => here(said) && Date.parse(said.skipped_at) > newest).at(-1);
      const status = skip ? "skipped" : letters.some(isHere) ? "kept" : there.length > 0 ? "sent" : "open";
      return {
        ...{ partId: part_id, itemId: checklist_item_id, area, text, show },
        status,
        reason: skip?.said.reason ?? "",
      };
    }),
  );
}
