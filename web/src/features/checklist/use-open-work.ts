/** What an inspector should know before ending an inspection: required points, conclusions and saving that are open. */
import { useI18n } from "vue-i18n";

import { useListText } from "@/components/use-list-text";

import type { ChecklistDesk } from "./checklist-desk";
import { openRequired } from "./standing";

/** So many open points are named; more would not be read. */
const MOST_NAMED = 8;

/** Lines of text, none if all is done. */
export function useOpenWork(desk: ChecklistDesk): () => string[] {
  const { t } = useI18n();
  const listText = useListText();
  return () => {
    const own = (desk.parts.value ?? []).filter(({ part }) => part.may_decide);
    const open = own.filter(({ part }) => part.conclusion === null).flatMap(({ rows }) => openRequired(rows));
    const named = open.slice(0, MOST_NAMED).map(({ point }) => `  ${point.position}. ${point.text}`);
    const unconcluded = own.filter(({ part }) => part.conclusion === null).map(({ part }) => part.permit_item_name);
    return [
      ...(open.length > 0 ? [t("checklist.end.open", { n: open.length }), ...named] : []),
      ...(open.length > MOST_NAMED ? ["  …"] : []),
      ...(unconcluded.length > 0 ? [t("checklist.end.unconcluded", { names: listText(unconcluded) })] : []),
      ...(desk.saving.value.name === "saved" ? [] : [t("checklist.end.unsaved")]),
    ];
  };
}
