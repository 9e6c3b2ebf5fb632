/** Which picture is whose: a participant may have several cameras. Pure. */
import type { ParticipantState } from "./messages";

/** The camera that everybody has who sends anything. */
export const CAMERA = "camera";

/** Names one camera of one participant: its streams and figures are found by it. */
export function pictureId(participantId: string, source: string): string {
  return source === CAMERA ? participantId : `${participantId}/${source}`;
}

export interface Picture {
  id: string;
  person: ParticipantState;
  source: string;
}

/**
 * Everybody's pictures in the order of the people: each one's camera, there or not, then the further ones that send.
 *
 * Observers have none: they may not send any.
 */
export function picturesOf(people: readonly ParticipantState[]): Picture[] {
  const shown = people.filter((person) => person.role !== "observer");
  return shown.flatMap((person) =>
    [CAMERA, ...person.sources.filter((source) => source !== CAMERA)].map((source) => ({
      id: pictureId(person.participant_id, source),
      person,
      source,
    })),
  );
}

/** What people call a camera beside the first one: its number, or the name that a device gave it. */
export function cameraName(source: string): string {
  return /^camera-(\d)$/.exec(source)?.[1] ?? source;
}
