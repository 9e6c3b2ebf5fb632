/** How a checklist stands as the inspector sees it: what the server has, and over it what is still on its way. Pure. */
import type { Schema } from "@/api/client";

import type { QueuedDecision } from "./decision-queue";

export type Judgement = NonNullable<Schema<"NewDecision">["judgement"]>;
export type JudgedPart = Schema<"JudgedPartView">;
export type Point = Schema<"ChecklistItemView">;

export const JUDGEMENTS = ["pass", "fail", "not_applicable", "cannot_be_judged_remotely"] as const;

/** What is said about a judgement. */
export interface Words {
  note: string;
  severity: Schema<"Severity"> | null;
  remedy: string;
  /** `YYYY-MM-DD`, the last day. */
  deadline: string | null;
}

export interface Standing extends Words {
  judgement: Judgement;
  /** Since when the judgement holds. */
  judgedAt: string;
  decidedAt: string;
  by: string;
}

export interface Row {
  point: Point;
  standing: Standing | null;
  /** Whether the server has all of it. */
  saved: boolean;
}

export interface Progress {
  area: string;
  total: number;
  decided: number;
  required: number;
  requiredOpen: number;
}

export const NO_WORDS: Words = { note: "", severity: null, remedy: "", deadline: null };

/** The points of a part with `waiting` laid over them; `me`: who made those. */
export function rowsOf(part: JudgedPart, waiting: readonly QueuedDecision[], me: string): Row[] {
  return part.items.map(({ item, decision }) => {
    const own = waiting.filter(({ body }) => body.part_id === part.part_id && body.checklist_item_id === item.id);
    const kept = decision === null ? null : standingOf(decision);
    return { point: item, saved: own.length === 0, standing: own.reduce((before, next) => after(before, next, me), kept) };
  });
}

export function wordsOf(standing: Standing | null): Words {
  if (standing === null) return NO_WORDS;
  const { note, severity, remedy, deadline } = standing;
  return { note, severity, remedy, deadline };
}

export function progressOf(rows: readonly Row[], area = ""): Progress {
  const counted = rows.filter(({ point }) => area === "" || point.area === area);
  const required = counted.filter(({ point }) => point.required);
  return {
    area,
    total: counted.length,
    decided: counted.filter(({ standing }) => standing !== null).length,
    required: required.length,
    requiredOpen: required.filter(({ standing }) => standing === null).length,
  };
}

export function areasOf(rows: readonly Row[]): { area: string; rows: Row[]; progress: Progress }[] {
  const names = [...new Set(rows.map(({ point }) => point.area))];
  return names.map((area) => ({
    area,
    rows: rows.filter(({ point }) => point.area === area),
    progress: progressOf(rows, area),
  }));
}

/** The next open point after this one, from the beginning again if there is none; null when all are decided. */
export function nextOpen(rows: readonly Row[], itemId: string): string | null {
  const at = rows.findIndex(({ point }) => point.id === itemId);
  const ahead = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
  return ahead.find(({ standing }) => standing === null)?.point.id ?? null;
}

export function openRequired(rows: readonly Row[]): Row[] {
  return rows.filter(({ point, standing }) => point.required && standing === null);
}

/** Failed points that do not say yet what is to be done until when. */
export function withoutRemedy(rows: readonly Row[]): Row[] {
  return rows.filter(({ standing }) => standing?.judgement === "fail" && (standing.remedy === "" || standing.deadline === null));
}

/** Whether a judgement of a point needs a word on how it is known: no picture shows what passes here. */
export function needsNote(point: Point, judgement: Judgement | null): boolean {
  return point.remote === "impossible" && judgement === "pass";
}

/** Whether a point passed without the note that it needs. */
export function lacksNote({ point, standing }: Row): boolean {
  return standing !== null && needsNote(point, standing.judgement) && standing.note.trim() === "";
}

/** What the decisions speak for; null while some of them are on their way, for the server does not know them yet. */
export function proposedConclusion({ suggested }: JudgedPart, rows: readonly Row[]): Schema<"Conclusion"> | null {
  if (rows.some(({ saved }) => !saved)) return null;
  return suggested ?? (rows.some(({ standing }) => standing?.judgement === "fail") ? "rectify" : "needs_on_site_visit");
}

/** When the next decision on a point was made: now, but never before the one that it follows. */
export function decidedAt(nowMs: number, before: Standing | null): string {
  const earliest = before === null ? nowMs : Math.max(nowMs, Date.parse(before.decidedAt) + 1);
  return new Date(earliest).toISOString();
}

function standingOf(decision: Schema<"DecisionView">): Standing {
  return {
    judgement: decision.judgement,
    note: decision.note,
    severity: decision.severity,
    remedy: decision.remedy,
    deadline: decision.deadline,
    judgedAt: decision.judged_at,
    decidedAt: decision.decided_at,
    by: decision.decided_by_name,
  };
}

function after(before: Standing | null, { body }: QueuedDecision, me: string): Standing | null {
  if (body.judgement === null) return null;
  // What the server has already and what the queue has not forgotten yet are the same; the newer one counts.
  if (before !== null && Date.parse(before.decidedAt) > Date.parse(body.decided_at)) return before;
  return {
    judgement: body.judgement,
    note: body.note,
    severity: body.severity,
    remedy: body.remedy,
    deadline: body.deadline,
    judgedAt: before?.judgement === body.judgement ? before.judgedAt : body.decided_at,
    decidedAt: body.decided_at,
    by: me,
  };
}
