/** Whose picture is large and whose are small on the phone. Pure. */
import type { ParticipantRole, ParticipantState } from "@/rtc/messages";

/** "me" stands for the own picture. */
export interface Layout {
  large: string;
  small: string[];
}

export const ME = "me";

/** Who is there at all: those who left need no place. */
export function present(participants: readonly ParticipantState[], own: string | null): ParticipantState[] {
  return participants.filter((one) => one.participant_id !== own && one.presence !== "left");
}

/**
 * Who shows the site sees the own picture large, as the inspector sees it; others see the site large.
 *
 * Args:
 *     chosen: whose picture the person has tapped to be large, or null.
 */
export function layoutOf(others: readonly ParticipantState[], ownRole: ParticipantRole, chosen: string | null): Layout {
  const ids = [ME, ...others.map((one) => one.participant_id)];
  const shows = ownRole === "enterprise" || ownRole === "helper";
  const site = others.find((one) => one.role === "enterprise") ?? others[0];
  const usual = shows ? ME : (site?.participant_id ?? ME);
  const large = chosen !== null && ids.includes(chosen) ? chosen : usual;
  return { large, small: ids.filter((id) => id !== large) };
}
