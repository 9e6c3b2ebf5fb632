/** What is missing in a gap and why, in the reader's words. */
import { useI18n } from "vue-i18n";

import type { Gap } from "./timeline/model";

export function useGapText(): (gap: Pick<Gap, "medium" | "reason">) => string {
  const { t } = useI18n();
  return ({ medium, reason }) => t(`replay.missing.${medium ?? "all"}`, { reason: t(`replay.reasons.${reason}`) });
}
