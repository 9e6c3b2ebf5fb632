/** Whose picture is large and whose are small on the phone. Pure. */
import type { Facing } from "@/rtc/devices";
import type { ParticipantRole, ParticipantState } from "@/rtc/messages";
import { CAMERA, pictureId, type Picture } from "@/rtc/pictures";

/** By picture; one's own begin with "me". */
export interface Layout {
  large: string;
  small: string[];
}

/** One of the own cameras, as it is drawn. */
export interface OwnCamera {
  id: string;
  source: string;
  stream: MediaStream | null;
  facing: Facing | null;
}

/** "me" stands for the own first camera. */
export const ME = "me";

/** Names one of the own cameras. */
export function ownPictureId(source: string): string {
  return pictureId(ME, source);
}

/** Who is there at all: those who left need no place. */
export function present(participants: readonly ParticipantState[], own: string | null): ParticipantState[] {
  return participants.filter((one) => one.participant_id !== own && one.presence !== "left");
}

/**
 * Who shows the site sees the own picture large, as the inspector sees it; others see the site large.
 *
 * Args:
 *     further: the sources of the own cameras beside the first one.
 *     others: everybody else's pictures.
 *     chosen: the picture that the person has tapped to be large, or null.
 */
export function layoutOf(
  further: readonly string[],
  others: readonly Picture[],
  ownRole: ParticipantRole,
  chosen: string | null,
): Layout {
  const ids = [...[CAMERA, ...further].map(ownPictureId), ...others.map((one) => one.id)];
  const shows = ownRole === "enterprise" || ownRole === "helper";
  const site = others.find((one) => one.person.role === "enterprise") ?? others[0];
  const usual = shows ? ME : (site?.id ?? ME);
  const large = chosen !== null && ids.includes(chosen) ? chosen : usual;
  return { large, small: ids.filter((id) => id !== large) };
}
