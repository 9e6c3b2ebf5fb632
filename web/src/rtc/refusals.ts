/** Which refusals of the server trying again cannot mend. */

import type { ServerMessage } from "./messages";

/** Codes for which the same request will be refused again. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  "bad_request",
  "consent_missing",
  "csrf_rejected",
  "inspection_ended",
  "invitation_expired",
  "invitation_invalid",
  "invitation_revoked",
  "not_allowed",
  "not_found",
  "not_signed_in",
  "participant_removed",
  "room_full",
  "version_unsupported",
]);

export function isFinal(code: string): boolean {
  return FINAL_CODES.has(code);
}

/** About no message of this page but about its stay: the WebSocket is closed after it. */
export function isAboutStay(error: Extract<ServerMessage, { type: "error" }>): boolean {
  const answersSomething = typeof error.in_reply_to === "string" || typeof error.connection === "string";
  return !answersSomething && isFinal(error.code);
}

/** Why a request failed; `network` if nobody said. */
export function codeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "network";
}
