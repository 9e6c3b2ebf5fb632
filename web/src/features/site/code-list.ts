/** Codes that were read in pictures: each once, the newest reading first. Pure. */
import type { SeenCode } from "@/rtc/messages";

export interface ReadCode {
  text: string;
  kind: SeenCode["kind"];
  participantId: string;
  /** When it was read last; ISO 8601. */
  at: string;
}

/** Nobody works through more. */
const MOST = 50;

export interface Reading {
  participant_id: string;
  at: string;
  codes: readonly SeenCode[];
}

export function withReading(list: readonly ReadCode[], { participant_id, at, codes }: Reading): readonly ReadCode[] {
  const fresh = codes.map(({ text, kind }) => ({ text, kind, participantId: participant_id, at }));
  const texts = new Set(fresh.map(({ text }) => text));
  const once = fresh.filter(({ text }, index) => fresh.findIndex((each) => each.text === text) === index);
  return [...once, ...list.filter(({ text }) => !texts.has(text))].slice(0, MOST);
}

/** So many are offered at a point; older ones are in the list. */
const MOST_OFFERED = 3;

/** The newest that none of a point's notes tells of yet. */
export function offeredCodes(list: readonly ReadCode[], notes: readonly string[]): readonly ReadCode[] {
  return list.filter(({ text }) => !notes.some((note) => note.includes(text))).slice(0, MOST_OFFERED);
}
