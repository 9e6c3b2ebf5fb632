/** Who stands on the list of people, in which order, and what an inspector can do with each of them. Pure. */
import { othersOf } from "@/features/call/presence";
import type { ParticipantRole, ParticipantState } from "@/rtc/messages";

export interface RosterRow {
  person: ParticipantState;
  isMe: boolean;
  maySilence: boolean;
  mayRemove: boolean;
  /** Has a picture, or could have one. */
  hasPicture: boolean;
}

export interface Roster {
  /** Oneself first, then the enterprise's side. */
  here: RosterRow[];
  left: ParticipantState[];
}

const NEVER_HEARD: ReadonlySet<ParticipantRole> = new Set<ParticipantRole>(["observer", "screen"]);

export function rosterOf(participants: readonly ParticipantState[], own: string | null): Roster {
  const me = participants.filter((one) => one.participant_id === own);
  const everybody = [...me, ...othersOf(participants, own)];
  return {
    here: everybody.filter((one) => one.presence !== "left").map((person) => rowOf(person, own)),
    left: everybody.filter((one) => one.presence === "left"),
  };
}

/** Whether taking this one out takes the site out of sight, which is to be said before it is done. */
export function showsSite(role: ParticipantRole): boolean {
  return role === "enterprise" || role === "helper";
}

function rowOf(person: ParticipantState, own: string | null): RosterRow {
  const isMe = person.participant_id === own;
  return {
    person,
    isMe,
    maySilence: !isMe && !NEVER_HEARD.has(person.role),
    mayRemove: !isMe && person.invited,
    hasPicture: !isMe && !NEVER_HEARD.has(person.role),
  };
}
