/**
 * Finds the moment that a reader means by typing a clock time, such as 15:04:05, 15:04 or 150405.
 *
 * Pure. The same clock time may come twice (a record over midnight, the end of daylight saving): the occurrence nearest
 * to where the reader is wins. A date may be given in front: 2026-11-21 15:04:05.
 */
import { DAY_MS, instantsOf, localParts, type LocalParts, type WallMs } from "./zone";

export type FoundTime = { ok: true; at: WallMs } | { ok: false; problem: "format" | "outside" };

const ENTRY = /^(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]+)?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?|(\d{2})(\d{2})(\d{2})?)$/;

interface Clock {
  date: { year: number; month: number; day: number } | null;
  hour: number;
  minute: number;
  second: number;
}

function readEntry(text: string): Clock | null {
  const plain = text.normalize("NFKC").trim().replace(/\s+/g, " ");
  const match = ENTRY.exec(plain);
  if (!match) return null;
  const hour = Number(match[4] ?? match[7]);
  const minute = Number(match[5] ?? match[8]);
  const second = Number(match[6] ?? match[9] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = match[1] ? { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) } : null;
  if (date) {
    const real = new Date(Date.UTC(date.year, date.month - 1, date.day));
    if (real.getUTCMonth() !== date.month - 1 || real.getUTCDate() !== date.day) return null;
  }
  return { date, hour, minute, second };
}

/** The instant within [`startMs`, `endMs`] that `text` names in `zone`, nearest to `nearMs`. */
export function findTyped(
  text: string,
  range: { startMs: WallMs; endMs: WallMs },
  nearMs: WallMs,
  zone: string,
): FoundTime {
  const clock = readEntry(text);
  if (!clock) return { ok: false, problem: "format" };
  const days: { year: number; month: number; day: number }[] = [];
  if (clock.date) days.push(clock.date);
  else {
    for (let at = range.startMs; at < range.endMs + DAY_MS; at += DAY_MS) {
      const { year, month, day } = localParts(Math.min(at, range.endMs), zone);
      days.push({ year, month, day });
    }
  }
  const { hour, minute, second } = clock;
  const found = days
    .flatMap((day): WallMs[] => {
      const parts: LocalParts = { ...day, hour, minute, second, millisecond: 0 };
      return instantsOf(parts, zone);
    })
    // The first second of a record has begun before its first whole second: typing it must not fail.
    .map((at) => (at < range.startMs && at + 1_000 > range.startMs ? range.startMs : at))
    .filter((at) => at >= range.startMs && at <= range.endMs)
    .sort((a, b) => Math.abs(a - nearMs) - Math.abs(b - nearMs));
  const nearest = found[0];
  return nearest === undefined ? { ok: false, problem: "outside" } : { ok: true, at: nearest };
}
