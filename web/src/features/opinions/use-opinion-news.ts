/** Says it when an expert has written something while the call runs: the point may be out of sight. */
import { ElMessage } from "element-plus";
import { h, watch, type VNode } from "vue";
import { useI18n } from "vue-i18n";

import type { OpinionDesk } from "./opinion-desk";

const READ_MS = 6000;
const BELOW_HEADER_PX = 72;

export function useOpinionNews({ opinions }: OpinionDesk, pointOf: (partId: string, itemId: string) => string): void {
  const { t } = useI18n();
  watch(opinions, (now, before) => {
    if (now === null || before === null) return;
    const known = new Set(before.map(({ id }) => id));
    for (const one of now.filter(({ id }) => !known.has(id))) {
      const point = pointOf(one.part_id, one.checklist_item_id);
      // Asked for anew when the language is switched.
      const message = (): VNode => h("span", t("opinions.came", { name: one.author_name, point }));
      ElMessage({ type: "primary", duration: READ_MS, offset: BELOW_HEADER_PX, message });
    }
  });
}
