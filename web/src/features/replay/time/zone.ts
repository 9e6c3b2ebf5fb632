/**
 * The reader's time zone: wall-clock parts of an instant, and the way back.
 *
 * Pure. Instants are epoch milliseconds (`WallMs`); zones are IANA names. Offsets come from Intl, so daylight saving
 * and zones with odd minutes are right.
 */

/** An instant in epoch milliseconds (UTC). */
export type WallMs = number;

export interface LocalParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsFormatter(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** The zone that the reader's browser is set to. */
export function readerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** What clock and calendar show at `at` in `zone`. */
export function localParts(at: WallMs, zone: string): LocalParts {
  const found: Record<string, number> = {};
  for (const part of partsFormatter(zone).formatToParts(at)) {
    if (part.type !== "literal") found[part.type] = Number(part.value);
  }
  return {
    year: found.year ?? 0,
    month: found.month ?? 0,
    day: found.day ?? 0,
    hour: found.hour ?? 0,
    minute: found.minute ?? 0,
    second: found.second ?? 0,
    millisecond: ((Math.floor(at) % SECOND_MS) + SECOND_MS) % SECOND_MS,
  };
}

function asUtc(parts: LocalParts): WallMs {
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second, parts.millisecond);
}

/** How far local time is ahead of UTC at `at`, in milliseconds. */
export function offsetMs(at: WallMs, zone: string): number {
  return asUtc(localParts(at, zone)) - Math.floor(at);
}

/**
 * The instants at which clock and calendar show `parts` in `zone`, earliest first: none in the hour that daylight
 * saving skips, two in the hour that it repeats, else one.
 */
export function instantsOf(parts: LocalParts, zone: string): WallMs[] {
  const naive = asUtc(parts);
  const candidates = new Set([naive - offsetMs(naive - DAY_MS, zone), naive - offsetMs(naive + DAY_MS, zone)]);
  return [...candidates].filter((at) => at + offsetMs(at, zone) === naive).sort((a, b) => a - b);
}

export function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, "0");
}

/** `HH:MM:SS` in `zone`. */
export function clockText(at: WallMs, zone: string): string {
  const { hour, minute, second } = localParts(at, zone);
  return `${pad(hour)}:${pad(minute)}:${pad(second)}`;
}

/** `YYYY-MM-DD` in `zone`. */
export function dateText(at: WallMs, zone: string): string {
  const { year, month, day } = localParts(at, zone);
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
}

/** `+08:00`. */
export function offsetText(at: WallMs, zone: string): string {
  const minutes = Math.round(offsetMs(at, zone) / MINUTE_MS);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** The zone's name for people, e.g. "中国标准时间 · UTC+08:00". */
export function zoneLabel(at: WallMs, zone: string, locale: string): string {
  const part = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "long" })
    .formatToParts(at)
    .find((piece) => piece.type === "timeZoneName");
  const offset = `UTC${offsetText(at, zone)}`;
  return part && !/^(GMT|UTC|格林尼治标准时间[+-])/.test(part.value) ? `${part.value} · ${offset}` : offset;
}
