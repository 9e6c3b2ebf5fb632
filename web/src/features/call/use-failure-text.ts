/** Words for an error code on the call page: its own where it has one, else the general ones, else the code. */
import { useI18n } from "vue-i18n";

import type { ProblemParams } from "@/api/client";

export function useFailureText(): (code: string, params?: ProblemParams) => string {
  const i18n = useI18n();
  return (code, params = {}) => {
    const key = [`call.failed.${code}`, `errors.${code}`].find((one) => i18n.te(one));
    return key === undefined ? i18n.t("call.over.failed.text", { code }) : i18n.t(key, { ...params });
  };
}
