/** Which picture is large on the laptop: the inspector's choice while it is there, else the site. Pure. */
import type { ParticipantState } from "@/rtc/messages";
import type { Picture } from "@/rtc/pictures";

/**
 * Args:
 *     pictures: everybody's but one's own.
 *     chosen: the picture that the inspector has asked for, or null.
 *     site: whose picture it is otherwise, or null while nobody shows the site.
 */
export function enlargedOf(pictures: readonly Picture[], chosen: string | null, site: ParticipantState | null): Picture | null {
  const wanted = pictures.find((one) => one.id === chosen && one.person.presence !== "left");
  if (wanted !== undefined || site === null) return wanted ?? null;
  return pictures.find((one) => one.person === site && isSending(one)) ?? pictures.find((one) => one.person === site) ?? null;
}

function isSending({ person, source }: Picture): boolean {
  return person.sources.includes(source);
}
