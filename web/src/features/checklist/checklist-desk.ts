/**
 * The checklists of one inspection on the laptop: how they stand, where the inspector is, and what can be done there.
 *
 * Lives with the component that makes it; others find it by `useChecklistDesk`. Decisions are in sight at once and are
 * kept on this device until the server has them (`decision-queue.ts`).
 */
import { computed, inject, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from "vue";

import { isAbort, type ApiClient, type Schema } from "@/api/client";
import { newEvidenceId } from "@/api/evidence";
import { browserClock } from "@/rtc/clock";

import { createLocalStore, DecisionQueue, type SaveState } from "./decision-queue";
import {
  decidedAt,
  needsNote,
  nextOpen,
  NO_WORDS,
  rowsOf,
  wordsOf,
  type JudgedPart,
  type Judgement,
  type Row,
  type Standing,
  type Words,
} from "./standing";

export interface PartOnDesk {
  part: JudgedPart;
  rows: Row[];
  /** Whether something can be decided here now. */
  open: boolean;
}

export interface Position {
  partId: string;
  itemId: string;
}

export interface ChecklistDesk {
  /** The own list first; null before the first answer. */
  parts: ComputedRef<PartOnDesk[] | null>;
  failure: Readonly<ShallowRef<unknown>>;
  saving: Readonly<ShallowRef<SaveState>>;
  /** The point that the inspector is at. */
  at: Readonly<Ref<Position | null>>;
  /** The part that is in sight. */
  current: ComputedRef<PartOnDesk | null>;
  reload: () => Promise<void>;
  goTo: (position: Position) => void;
  /** To the point before or after in the list. */
  move: (step: 1 | -1) => void;
  decide: (judgement: Judgement) => void;
  describe: (words: Partial<Words>) => void;
  takeBack: () => void;
  undo: () => void;
  retry: () => void;
  discard: () => void;
  conclude: (partId: string, conclusion: Schema<"Conclusion"> | null, reason: string) => Promise<void>;
}

export interface ChecklistDeskOptions {
  client: ApiClient;
  inspectionId: string;
  me: { userId: string; name: string };
  /** Added to the device's clock gives the server's. */
  clockOffsetMs: () => number;
}

export const CHECKLIST_DESK: InjectionKey<ChecklistDesk> = Symbol("checklist-desk");

/** So long nothing is typed before words are sent. */
const REST_MS = 600;
const MAX_UNDO = 50;

export function useChecklistDesk(): ChecklistDesk {
  const desk = inject(CHECKLIST_DESK);
  if (!desk) throw new Error("No checklist desk is provided here");
  return desk;
}

export function createChecklistDesk({ client, inspectionId, me, clockOffsetMs }: ChecklistDeskOptions): ChecklistDesk {
  const path = `/api/inspections/${encodeURIComponent(inspectionId)}`;
  const kept = shallowRef<Schema<"Checklist"> | null>(null);
  const failure = shallowRef<unknown>(null);
  const saving = shallowRef<SaveState>({ name: "saved" });
  const waiting = shallowRef<DecisionQueue["waiting"]["value"]>([]);
  const at = ref<Position | null>(null);
  const undoable = shallowRef<readonly { position: Position; before: Standing | null }[]>([]);
  const gone = new AbortController();
  /** Answers that were asked for before a newer one came tell nothing new. */
  let answers = 0;

  const queue = new DecisionQueue({
    store: createLocalStore(`inspect.decision.${me.userId}.${inspectionId}.`, () => localStorage),
    newId: newEvidenceId,
    clock: browserClock,
    async send(id, body, signal) {
      answer(await client.put<Schema<"Checklist">>(`${path}/decisions/${id}`, body, { signal }));
    },
  });
  queue.waiting.subscribe((next) => (waiting.value = next));
  queue.state.subscribe((next) => (saving.value = next));
  queue.open();

  const hurry = (): void => queue.hurry();
  window.addEventListener("online", hurry);
  onScopeDispose(() => {
    window.removeEventListener("online", hurry);
    gone.abort();
    queue.close();
  });

  const parts = computed(() => kept.value?.parts.map((part) => onDesk(part)) ?? null);
  const current = computed(() => {
    const all = parts.value ?? [];
    return all.find(({ part }) => part.part_id === at.value?.partId) ?? all[0] ?? null;
  });
  const row = computed(() => current.value?.rows.find(({ point }) => point.id === at.value?.itemId) ?? null);

  // The page begins where it was left, else at the first open point of the own list.
  watch(kept, (now) => {
    if (now !== null && at.value === null) at.value = remembered(inspectionId, parts.value) ?? begin(parts.value);
  });
  watch(at, (position) => position !== null && remember(inspectionId, position));

  function onDesk(part: JudgedPart): PartOnDesk {
    const open = part.may_decide && part.conclusion === null && part.sealed_at === null;
    return { part, rows: rowsOf(part, waiting.value, me.name), open };
  }

  function answer(checklist: Schema<"Checklist">): void {
    answers += 1;
    kept.value = checklist;
    failure.value = null;
  }

  async function reload(): Promise<void> {
    const asked = answers;
    try {
      const checklist = await client.get<Schema<"Checklist">>(`${path}/checklist`, { signal: gone.signal });
      if (asked === answers) answer(checklist);
      else await reload();
    } catch (error) {
      if (!isAbort(error)) failure.value = error;
    }
  }

  function put(position: Position, before: Standing | null, judgement: Judgement | null, words: Words, restMs = 0): void {
    const body = { part_id: position.partId, checklist_item_id: position.itemId, judgement, ...words };
    queue.put({ ...body, decided_at: decidedAt(Date.now() + clockOffsetMs(), before) }, restMs);
  }

  function change(judgement: Judgement | null, words: Words): boolean {
    const position = at.value;
    if (position === null || row.value === null || current.value?.open !== true) return false;
    const before = row.value.standing;
    if (before?.judgement === judgement || (before === null && judgement === null)) return false;
    undoable.value = [...undoable.value, { position, before }].slice(-MAX_UNDO);
    put(position, before, judgement, words);
    return true;
  }

  function decide(judgement: Judgement): void {
    const point = row.value?.point;
    if (point === undefined) return;
    const note = row.value?.standing?.note ?? "";
    const severity = judgement === "fail" ? point.severity : null;
    if (!change(judgement, { ...NO_WORDS, note, severity })) return;
    // Who finds something wrong has more to say about it, or passes what nobody sees; else the route goes on.
    if ((judgement !== "pass" && judgement !== "not_applicable") || (needsNote(point, judgement) && note === "")) return;
    const next = nextOpen(current.value?.rows ?? [], point.id);
    if (next !== null && at.value !== null) at.value = { ...at.value, itemId: next };
  }

  return {
    parts,
    failure,
    saving,
    at,
    current,
    reload,
    goTo: (position) => (at.value = position),
    move(step) {
      const rows = current.value?.rows ?? [];
      const next = rows[rows.findIndex(({ point }) => point.id === at.value?.itemId) + step];
      if (next !== undefined && current.value) at.value = { partId: current.value.part.part_id, itemId: next.point.id };
    },
    decide,
    describe(words) {
      const standing = row.value?.standing ?? null;
      if (at.value === null || standing === null || current.value?.open !== true) return;
      put(at.value, standing, standing.judgement, { ...wordsOf(standing), ...words }, REST_MS);
    },
    takeBack: () => void change(null, NO_WORDS),
    undo() {
      const last = undoable.value.at(-1);
      if (last === undefined) return;
      undoable.value = undoable.value.slice(0, -1);
      at.value = last.position;
      const now = row.value?.standing ?? null;
      if (current.value?.open === true) put(last.position, now, last.before?.judgement ?? null, wordsOf(last.before));
    },
    retry: () => queue.retry(),
    discard: () => queue.discard(),
    async conclude(partId, conclusion, reason) {
      const body = { part_id: partId, conclusion, reason };
      answer(await client.put<Schema<"Checklist">>(`${path}/conclusions/${newEvidenceId()}`, body));
    },
  };
}

function begin(parts: readonly PartOnDesk[] | null): Position | null {
  const own = parts?.[0];
  const first = own?.rows.find(({ standing }) => standing === null) ?? own?.rows[0];
  return own && first ? { partId: own.part.part_id, itemId: first.point.id } : null;
}

const PLACE_KEY = "inspect.checklist.";

function remember(inspectionId: string, position: Position): void {
  try {
    sessionStorage.setItem(PLACE_KEY + inspectionId, JSON.stringify(position));
  } catch {
    // A reload then begins at the first open point.
  }
}

function remembered(inspectionId: string, parts: readonly PartOnDesk[] | null): Position | null {
  try {
    const position = JSON.parse(sessionStorage.getItem(PLACE_KEY + inspectionId) ?? "null") as Position | null;
    const part = parts?.find((each) => each.part.part_id === position?.partId);
    return part?.rows.some(({ point }) => point.id === position?.itemId) === true ? position : null;
  } catch {
    return null;
  }
}
