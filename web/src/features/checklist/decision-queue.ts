/**
 * What an inspector has decided and the server has not acknowledged yet.
 *
 * Each decision is in the store before anything is sent and leaves it only when the server has it, so that a reload in
 * the middle of a word loses nothing. They are sent one after the other, in the order in which they were made: what
 * fails for want of a network is tried again with back-off for as long as it takes, what the server refuses stays with
 * its reason until the person decides. Sending twice is harmless: the id is the decision's own. Words that are still
 * being typed wait for a short rest and take the place of the unsent ones before.
 */
import { isAbort, toApiError, type Schema } from "@/api/client";
import { isPassing } from "@/api/passing";
import { BackOff } from "@/rtc/back-off";
import type { Clock } from "@/rtc/clock";
import { Observable } from "@/rtc/observable";

export type NewDecision = Schema<"NewDecision">;

/** `attempted`: it may have reached the server, so that nothing of it changes any more. */
export interface QueuedDecision {
  id: string;
  body: NewDecision;
  attempted: boolean;
}

export interface Refusal {
  id: string;
  code: string;
  params: Readonly<Record<string, unknown>>;
}

export type SaveState =
  | { name: "saved" }
  | { name: "saving" }
  /** Tried again by itself. */
  | { name: "delayed"; code: string }
  | { name: "refused"; refusal: Refusal };

export interface DecisionStore {
  /** In any order. */
  all: () => QueuedDecision[];
  keep: (decision: QueuedDecision) => void;
  drop: (id: string) => void;
}

export interface DecisionQueueOptions {
  store: DecisionStore;
  /** Resolves when the server has it. */
  send: (id: string, body: NewDecision, signal: AbortSignal) => Promise<void>;
  newId: () => string;
  clock: Clock;
}

export class DecisionQueue {
  /** In the order in which they were made. */
  readonly waiting = new Observable<readonly QueuedDecision[]>([]);
  readonly state = new Observable<SaveState>({ name: "saved" });
  private readonly backOff = new BackOff();
  private readonly restUntilMs = new Map<string, number>();
  private refusal: Refusal | null = null;
  private problem: string | null = null;
  private sending: AbortController | null = null;
  private stopWaiting: (() => void) | null = null;
  private closed = false;

  constructor(private readonly options: DecisionQueueOptions) {}

  /** Takes up what an earlier page left. */
  open(): void {
    this.set([...this.options.store.all(), ...this.waiting.value].sort(byTime));
    this.sendNext();
  }

  /** Keeps a decision and sends it when its turn comes; `restMs`: not before nothing newer came for so long. */
  put(body: NewDecision, restMs = 0): void {
    const before = this.waiting.value.findLast(({ body: { part_id, checklist_item_id } }) =>
      part_id === body.part_id && checklist_item_id === body.checklist_item_id);
    const replaced = before && !before.attempted && before.body.judgement === body.judgement ? before : null;
    const id = replaced?.id ?? this.options.newId();
    // The judgement was made when it was made; only the words about it are new.
    const decided_at = replaced?.body.decided_at ?? body.decided_at;
    const queued: QueuedDecision = { id, body: { ...body, decided_at }, attempted: false };
    this.keep(queued);
    if (restMs > 0) this.restUntilMs.set(id, this.options.clock.now() + restMs);
    if (this.problem === null) this.stopRest();
    this.sendNext();
  }

  /** The network is back, or somebody does not want to wait. */
  hurry(): void {
    this.backOff.reset();
    this.restUntilMs.clear();
    this.stopRest();
    this.sendNext();
  }

  /** Tries what was refused again. */
  retry(): void {
    this.refusal = null;
    this.hurry();
  }

  /** The person gives up what was refused. */
  discard(): void {
    if (this.refusal !== null) this.drop(this.refusal.id);
    this.retry();
  }

  close(): void {
    this.closed = true;
    this.stopRest();
    this.sending?.abort();
  }

  private sendNext(): void {
    const next = this.waiting.value[0];
    if (this.closed || this.sending !== null || this.stopWaiting !== null || this.refusal !== null || next === undefined) {
      this.tell();
      return;
    }
    const restMs = (this.restUntilMs.get(next.id) ?? 0) - this.options.clock.now();
    if (restMs > 0) this.wait(restMs);
    else void this.send(next);
    this.tell();
  }

  private async send(queued: QueuedDecision): Promise<void> {
    const abort = (this.sending = new AbortController());
    this.keep({ ...queued, attempted: true });
    try {
      await this.options.send(queued.id, queued.body, abort.signal);
      this.drop(queued.id);
      this.backOff.reset();
      this.problem = null;
    } catch (error) {
      if (this.closed || isAbort(error)) return;
      const { code, params } = toApiError(error);
      if (isPassing(code)) {
        this.problem = code;
        this.wait(this.backOff.nextMs());
      } else {
        this.problem = null;
        this.refusal = { id: queued.id, code, params };
      }
    } finally {
      this.sending = null;
      if (!this.closed) this.sendNext();
    }
  }

  private wait(ms: number): void {
    this.stopWaiting = this.options.clock.after(ms, () => {
      this.stopWaiting = null;
      this.sendNext();
    });
  }

  private stopRest(): void {
    this.stopWaiting?.();
    this.stopWaiting = null;
  }

  private keep(queued: QueuedDecision): void {
    this.options.store.keep(queued);
    const known = this.waiting.value.some(({ id }) => id === queued.id);
    this.set(known ? this.waiting.value.map((each) => (each.id === queued.id ? queued : each)) : [...this.waiting.value, queued]);
  }

  private drop(id: string): void {
    this.options.store.drop(id);
    this.restUntilMs.delete(id);
    this.set(this.waiting.value.filter((each) => each.id !== id));
  }

  private set(waiting: readonly QueuedDecision[]): void {
    this.waiting.set(waiting);
  }

  private tell(): void {
    this.state.set(this.stateNow());
  }

  private stateNow(): SaveState {
    if (this.refusal !== null) return { name: "refused", refusal: this.refusal };
    if (this.waiting.value.length === 0) return { name: "saved" };
    return this.problem !== null ? { name: "delayed", code: this.problem } : { name: "saving" };
  }
}

/** Each decision under a key of its own: two windows that share the storage take nothing from each other. */
export function createLocalStore(prefix: string, storage: () => Storage): DecisionStore {
  const tried = <T>(action: (storage: Storage) => T, otherwise: T): T => {
    try {
      return action(storage());
    } catch {
      return otherwise; // Full or forbidden: then only a reload would lose what is not sent yet.
    }
  };
  const read = (text: string | null): QueuedDecision[] => {
    try {
      return text === null ? [] : [JSON.parse(text) as QueuedDecision];
    } catch {
      return [];
    }
  };
  return {
    all: () =>
      tried((storage) => Object.keys(storage).filter((key) => key.startsWith(prefix)).flatMap((key) => read(storage.getItem(key))), []),
    keep: (queued) => tried((storage) => storage.setItem(prefix + queued.id, JSON.stringify(queued)), undefined),
    drop: (id) => tried((storage) => storage.removeItem(prefix + id), undefined),
  };
}

function byTime(a: QueuedDecision, b: QueuedDecision): number {
  return Date.parse(a.body.decided_at) - Date.parse(b.body.decided_at);
}
