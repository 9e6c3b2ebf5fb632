/** What went wrong before the call, in the person's words. */
import { useI18n } from "vue-i18n";

import type { ApiError } from "@/api/client";

export function useProblemText(): (problem: ApiError) => string {
  const i18n = useI18n();
  return ({ code, params }) =>
    i18n.te(`arrival.problems.${code}`)
      ? i18n.t(`arrival.problems.${code}`, { ...params })
      : i18n.t("arrival.problems.other", { code });
}
