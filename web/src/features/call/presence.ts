/** What is said about a person in the room who cannot be seen or heard. Pure; the words are in the texts. */
import type { MediaCondition, ParticipantRole, ParticipantState } from "@/rtc/messages";

/** Key below `call.presence`; null while there is nothing to say. */
export type PresenceText =
  | "joining"
  | "left"
  | "awayNetwork"
  | "awayBackground"
  | "awayTaken"
  | "cameraMuted"
  | "cameraBackground"
  | "cameraTaken"
  | "cameraUnavailable"
  | "cameraOff"
  | "watching";

const CAMERA: Readonly<Record<Exclude<MediaCondition, "on">, PresenceText>> = {
  muted: "cameraMuted",
  background: "cameraBackground",
  taken: "cameraTaken",
  unavailable: "cameraUnavailable",
  off: "cameraOff",
};

export function presenceText(person: ParticipantState): PresenceText | null {
  switch (person.presence) {
    case "joined":
      if (person.role === "screen") return "watching";
      // Who only watches never sends anything and is not on the way to it.
      return person.camera === "off" ? "cameraOff" : "joining";
    case "left":
      return "left";
    case "away":
      // The phone said so before it fell silent.
      if (person.camera === "background") return "awayBackground";
      return person.camera === "taken" || person.microphone === "taken" ? "awayTaken" : "awayNetwork";
    case "live":
      return person.camera === "on" ? null : CAMERA[person.camera];
  }
}

/** Key below `call.microphone`; null while the microphone works. */
export function microphoneText(person: ParticipantState): Exclude<MediaCondition, "on"> | "silentDevice" | null {
  if (person.presence !== "live" || person.microphone === "on") return null;
  return person.role === "device" ? "silentDevice" : person.microphone;
}

/** Whether the person's picture can be seen now. */
export function isSeen(person: ParticipantState): boolean {
  return person.presence === "live" && person.camera === "on";
}

const IMPORTANCE: Readonly<Record<ParticipantRole, number>> = {
  enterprise: 0,
  helper: 1,
  device: 2,
  expert: 3,
  inspector: 4,
  screen: 5,
  observer: 6,
};

/** Who shows the site, by whose picture says most of it. */
const SITE_ROLES: readonly ParticipantRole[] = ["enterprise", "helper", "device"];

/** Everybody but oneself, the enterprise first; who left comes last. */
export function othersOf(participants: readonly ParticipantState[], own: string | null): ParticipantState[] {
  const weight = (one: ParticipantState) => IMPORTANCE[one.role] + (one.presence === "left" ? 10 : 0);
  return participants.filter((one) => one.participant_id !== own).sort((a, b) => weight(a) - weight(b));
}

/** Whose picture is large: the enterprise, else who acts for it, else a camera there; null while none is in the room. */
export function siteOf(others: readonly ParticipantState[]): ParticipantState | null {
  const here = others.filter((one) => one.presence !== "left");
  const ofSite = SITE_ROLES.map((role) => here.find((one) => one.role === role));
  return ofSite.find((one) => one !== undefined) ?? null;
}
