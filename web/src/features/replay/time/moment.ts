/**
 * A link to a moment: the `t` parameter of the replay address, ISO 8601 with an offset.
 *
 * Pure. A moment without an offset is refused: it would mean another time to a reader in another zone.
 */
import { MINUTE_MS, clockText, dateText, localParts, offsetText, pad, type WallMs } from "./zone";

export type MomentProblem = "format" | "no_offset" | "no_such_time";

export type ParsedMoment = { ok: true; at: WallMs } | { ok: false; problem: MomentProblem };

// A plus sign in a query string arrives as a space when the writer of the link did not escape it.
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:([Zz])|([+\-\u2212 ])(\d{2})(?::?(\d{2}))?)?$/;

/** Reads a moment; `problem` says what is wrong with it. */
export function parseMoment(text: string): ParsedMoment {
  const match = MOMENT.exec(text.replace(/^\s+/, ""));
  if (!match) return { ok: false, problem: "format" };
  const [, year, month, day, hour, minute, second = "0", fraction = "", zulu, sign, offsetHour, offsetMinute = "0"] =
    match;
  if (!zulu && !sign) return { ok: false, problem: "no_offset" };
  const [y, mo, d] = [Number(year), Number(month), Number(day)] as const;
  const [h, mi, s] = [Number(hour), Number(minute), Number(second)] as const;
  const ms = Math.floor(Number(`0.${fraction || "0"}`) * 1000);
  const utc = Date.UTC(y, mo - 1, d, h, mi, s, ms);
  const back = new Date(utc);
  const exists =
    h < 24 &&
    mi < 60 &&
    s < 60 &&
    back.getUTCFullYear() === y &&
    back.getUTCMonth() === mo - 1 &&
    back.getUTCDate() === d;
  const offset = zulu ? 0 : Number(offsetHour) * 60 + Number(offsetMinute);
  if (!exists || Number(offsetMinute) > 59 || offset >= 24 * 60) return { ok: false, problem: "no_such_time" };
  const direction = sign === "-" || sign === "\u2212" ? -1 : 1;
  return { ok: true, at: utc - direction * offset * MINUTE_MS };
}

/** Writes `at` in the reader's zone; milliseconds only where there are some. */
export function formatMoment(at: WallMs, zone: string): string {
  const { millisecond } = localParts(at, zone);
  const fraction = millisecond ? `.${pad(millisecond, 3)}` : "";
  return `${dateText(at, zone)}T${clockText(at, zone)}${fraction}${offsetText(at, zone)}`;
}
