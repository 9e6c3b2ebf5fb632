/** An error in the reader's words, by its stable code. */
import { useI18n } from "vue-i18n";

import { toApiError } from "@/api/client";

export function useErrorText(): (error: unknown) => string {
  const i18n = useI18n();
  return (error) => {
    const { code, params } = toApiError(error);
    return i18n.te(`errors.${code}`) ? i18n.t(`errors.${code}`, { ...params }) : i18n.t("errors.unknown", { code });
  };
}
