/** What people in the call are called on the phone: an officer with their office. */
import type { ParticipantState } from "@/rtc/messages";

export function personName(
  { role, display_name }: Pick<ParticipantState, "role" | "display_name">,
  t: (key: "phone.call.inspector") => string,
): string {
  return role === "inspector" ? `${t("phone.call.inspector")} ${display_name}` : display_name;
}
