/**
 * The doorplate route (门牌核对): where there is no position, three photos tell where the phone is. One is asked for
 * when the one before it is there, so that the person on the site reads one wish at a time; a phone without a position
 * offers them by itself, too. Pure.
 */
import type { Evidence } from "@/api/evidence";

export const STEPS = ["street", "number", "licence"] as const;
export type Step = (typeof STEPS)[number];

/** Of the steps in order: what became of each photo that was asked for. */
export type Photo = "asked" | "sent" | "declined";

/** The step that is next to be asked for; null while one is open, or when there are no more. */
export function nextStep(photos: readonly Photo[]): Step | null {
  return photos.at(-1) === "asked" ? null : (STEPS[photos.length] ?? null);
}

/** What the inspector sees of each step: a photo that is there counts whoever thought of it. */
export function progress(
  asked: readonly Photo[],
  evidence: readonly Pick<Evidence, "doorplate" | "participant_id" | "withdrawn_at">[],
  participantId: string,
): { step: Step; photo: Photo | "missing" }[] {
  const there = new Set(
    evidence
      .filter((each) => each.participant_id === participantId && each.withdrawn_at === null)
      .map(({ doorplate }) => doorplate),
  );
  return STEPS.map((step, index) => {
    const request = asked[index] ?? "missing";
    return { step, photo: request !== "asked" && there.has(step) ? "sent" : request };
  });
}
