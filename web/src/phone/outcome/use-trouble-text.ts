/** What went wrong with an answer or a rating, in words for the person on the phone. */
import { useI18n } from "vue-i18n";

import { toApiError } from "@/api/client";

const KNOWN = [
  "record_superseded",
  "record_answered",
  "record_signed",
  "already_rated",
  "document_pending",
  "network_unreachable",
  "request_timed_out",
] as const;

export function useTroubleText(): (error: unknown) => string {
  const { t } = useI18n();
  return (error) => t(`outcome.trouble.${KNOWN.find((code) => code === toApiError(error).code) ?? "other"}`);
}
