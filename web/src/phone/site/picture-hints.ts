/** The one thing that the person should do about the picture now. Pure. */
import type { Hint, HintedPicture } from "@/rtc/messages";

/** What the others may only be a sign of comes first. */
const ORDER: readonly Hint[] = ["covered", "too_dark", "frozen", "blurred", "unchanged"];

export function hintFor(participantId: string | null, pictures: readonly HintedPicture[]): Hint | null {
  const told = new Set(pictures.filter((one) => one.participant_id === participantId).flatMap(({ hints }) => hints));
  return ORDER.find((hint) => told.has(hint)) ?? null;
}
