/**
 * Tick marks at round clock times of the reader's zone, with labels that fit.
 *
 * Pure. Steps go by local time, so that a mark at 6 h steps stands at 06:00 and not at 06:45 in a zone with an odd
 * offset. The first mark and the first after midnight carry the date.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, clockText, dateText, offsetMs, type WallMs } from "../time/zone";
import type { Extent } from "./model";

export interface Tick {
  atMs: WallMs;
  label: string;
  /** `YYYY-MM-DD`, where the day is new to the eye. */
  date: string | null;
}

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  DAY_MS,
];

/** The smallest round step whose marks stand at least `minGapPx` apart. */
export function tickStepMs(lengthMs: number, widthPx: number, minGapPx: number): number {
  const wanted = (lengthMs * minGapPx) / Math.max(1, widthPx);
  const step = STEPS_MS.find((candidate) => candidate >= wanted);
  return step ?? Math.ceil(wanted / DAY_MS) * DAY_MS;
}

/** The marks within `window`, drawn `widthPx` wide. */
export function ticks(window: Extent, widthPx: number, zone: string, minGapPx = 84): Tick[] {
  const lengthMs = window.endMs - window.startMs;
  if (lengthMs <= 0 || widthPx <= 0) return [];
  const stepMs = tickStepMs(lengthMs, widthPx, minGapPx);
  const found: Tick[] = [];
  let lastDate: string | null = null;
  let atMs = firstMark(window.startMs, stepMs, zone);
  while (atMs <= window.endMs) {
    const date = dateText(atMs, zone);
    found.push({ atMs, label: label(atMs, stepMs, zone), date: date === lastDate ? null : date });
    lastDate = date;
    atMs = firstMark(atMs + 1, stepMs, zone);
  }
  return found;
}

/** The first instant at or after `fromMs` whose local time is a multiple of the step. */
function firstMark(fromMs: WallMs, stepMs: number, zone: string): WallMs {
  const offset = offsetMs(fromMs, zone);
  const mark = Math.ceil((fromMs + offset) / stepMs) * stepMs - offset;
  // Daylight saving may change between here and there: measure again with the offset that holds at the mark.
  const offsetThere = offsetMs(mark, zone);
  if (offsetThere === offset) return mark;
  const again = Math.ceil((fromMs + offsetThere) / stepMs) * stepMs - offsetThere;
  return again > fromMs ? again : mark;
}

function label(atMs: WallMs, stepMs: number, zone: string): string {
  const text = clockText(atMs, zone);
  return stepMs < MINUTE_MS ? text : text.slice(0, 5);
}
