/**
 * What happened at a second of the footage, drawn above it: judgements, conclusions, and what was marked or taken.
 *
 * Pure. Marks that would lie on each other are drawn as one, which leads to the first of them.
 */
import type { WallMs } from "../time/zone";
import type { Extent } from "./model";
import { xOf } from "./view";

/** What a reader may want to see alone. */
export const FAMILIES = ["judged", "pictures", "opinions", "people", "site"] as const;
export type Family = (typeof FAMILIES)[number];

/** `group` is drawn in one colour; `key` names it for whoever made it. */
export interface Mark {
  key: string;
  atMs: WallMs;
  family: Family;
  group: "good" | "bad" | "other" | "moment" | "person" | "opinion";
  label: string;
}

export interface DrawnMark {
  first: Mark;
  /** All that lie here, in order of time. */
  marks: readonly Mark[];
  leftPct: number;
}

/** Two fingers' breadth of a mouse: WCAG 2.2 asks for 24 px. */
export const MARK_PX = 24;

/**
 * The marks within the window, those that are too close to the one before drawn with it. What was before or after the
 * whole record (somebody waited, the conclusion) stands at its edge.
 */
export function drawnMarks(marks: readonly Mark[], window: Extent, record: Extent, widthPx: number): DrawnMark[] {
  const drawn: { first: Mark; marks: Mark[]; leftPx: number }[] = [];
  for (const mark of [...marks].sort((a, b) => a.atMs - b.atMs)) {
    const shownMs = Math.min(Math.max(mark.atMs, record.startMs), record.endMs);
    if (shownMs < window.startMs || shownMs > window.endMs) continue;
    const leftPx = xOf(window, widthPx, shownMs);
    const last = drawn.at(-1);
    if (last !== undefined && leftPx - last.leftPx < MARK_PX) last.marks.push(mark);
    else drawn.push({ first: mark, marks: [mark], leftPx });
  }
  return drawn.map(({ first, marks: together, leftPx }) => ({
    first,
    marks: together,
    leftPct: widthPx > 0 ? (leftPx / widthPx) * 100 : 0,
  }));
}
