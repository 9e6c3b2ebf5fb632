/**
 * What waits to be sent: files that were taken here and are not on the server yet.
 *
 * Each is in the store before anything is sent, and leaves it only when the server has it or the person gives it up; so
 * an outbox over a lasting store goes on where it was after a reload. One is sent at a time, pictures before videos,
 * for a weak uplink carries one photo sooner than two halves. What fails for want of a network or of a moment's room on
 * the server is tried again with back-off for as long as it takes; what the server refuses for what it is stays, with
 * the reason, until the person decides. Sending twice is harmless: the id is the thing's own.
 */
import { isAbort, toApiError, type ProblemParams } from "@/api/client";
import type { Evidence, EvidenceApi, NewEvidence } from "@/api/evidence";
import { isPassing } from "@/api/passing";
import { BackOff } from "@/rtc/back-off";
import type { Clock } from "@/rtc/clock";
import { Observable } from "@/rtc/observable";

/** One thing on its way. `requestId`: of the inspector's wish that it answers, if any. */
export interface Outgoing {
  id: string;
  about: NewEvidence;
  file: Blob | null;
  requestId: string | null;
}

export type OutgoingState =
  | { name: "waiting" }
  | { name: "sending"; fraction: number }
  /** Tried again by itself. */
  | { name: "delayed"; code: string }
  | { name: "refused"; code: string; params: ProblemParams }
  | { name: "sent"; evidence: Evidence };

export interface Letter {
  outgoing: Outgoing;
  state: OutgoingState;
}

export interface OutgoingStore {
  /** In the order in which they were added. */
  all: () => Promise<Outgoing[]>;
  add: (outgoing: Outgoing) => Promise<void>;
  remove: (id: string) => Promise<void>;
}

export interface OutboxOptions {
  store: OutgoingStore;
  send: EvidenceApi["send"];
  clock: Clock;
}

export class Outbox {
  readonly letters = new Observable<readonly Letter[]>([]);
  private readonly backOff = new BackOff();
  private sending: { id: string; abort: AbortController } | null = null;
  private stopWaiting: (() => void) | null = null;
  private closed = false;

  constructor(private readonly options: OutboxOptions) {}

  /** Takes up what an earlier page left. */
  async open(): Promise<void> {
    const left = await this.options.store.all();
    const known = new Set(this.letters.value.map((letter) => letter.outgoing.id));
    const waiting = left.filter(({ id }) => !known.has(id)).map(asWaiting);
    this.letters.set([...waiting, ...this.letters.value]);
    this.sendNext();
  }

  /** Keeps it, then sends it when its turn comes; resolves when it is kept. */
  async add(outgoing: Outgoing): Promise<void> {
    this.letters.set([...this.letters.value, asWaiting(outgoing)]);
    try {
      await this.options.store.add(outgoing);
    } finally {
      // A browser that keeps nothing still sends: then only a reload would lose it.
      this.sendNext();
    }
  }

  /** The person gives it up, or has seen that it was refused or sent. */
  async remove(id: string): Promise<void> {
    this.letters.set(this.letters.value.filter((letter) => letter.outgoing.id !== id));
    if (this.sending?.id === id) this.sending.abort.abort();
    await this.forget(id);
  }

  /** Tries what was refused again. */
  retry(id: string): void {
    this.change(id, { name: "waiting" });
    this.hurry();
  }

  /** The network is back: no need to wait any longer. */
  hurry(): void {
    this.backOff.reset();
    this.stopWaiting?.();
    this.stopWaiting = null;
    this.sendNext();
  }

  close(): void {
    this.closed = true;
    this.stopWaiting?.();
    this.sending?.abort.abort();
  }

  private sendNext(): void {
    if (this.closed || this.sending !== null || this.stopWaiting !== null) return;
    const waiting = this.letters.value.filter(({ state }) => state.name === "waiting" || state.name === "delayed");
    const next = waiting.find(({ outgoing }) => outgoing.about.kind !== "clip") ?? waiting[0];
    if (next !== undefined) void this.send(next.outgoing);
  }

  private async send(outgoing: Outgoing): Promise<void> {
    const { id, about, file } = outgoing;
    const abort = new AbortController();
    this.sending = { id, abort };
    this.change(id, { name: "sending", fraction: 0 });
    try {
      const onProgress = (fraction: number): void => this.change(id, { name: "sending", fraction });
      const evidence = await this.options.send(id, about, file, { signal: abort.signal, onProgress });
      this.backOff.reset();
      this.change(id, { name: "sent", evidence });
      await this.forget(id);
    } catch (error) {
      if (!isAbort(error)) this.failed(id, error);
    } finally {
      this.sending = null;
    }
    this.sendNext();
  }

  /** What a browser cannot let go of is sent once more by the next page, which is harmless. */
  private async forget(id: string): Promise<void> {
    await this.options.store.remove(id).catch(() => undefined);
  }

  private failed(id: string, error: unknown): void {
    const { code, params } = toApiError(error);
    if (!isPassing(code)) {
      this.change(id, { name: "refused", code, params });
      return;
    }
    this.change(id, { name: "delayed", code });
    this.stopWaiting = this.options.clock.after(this.backOff.nextMs(), () => {
      this.stopWaiting = null;
      this.sendNext();
    });
  }

  private change(id: string, state: OutgoingState): void {
    this.letters.set(this.letters.value.map((letter) => (letter.outgoing.id === id ? { ...letter, state } : letter)));
  }
}

/** Of what the server will have without anybody doing anything. */
export function isOnItsWay({ state }: Letter): boolean {
  return state.name !== "refused" && state.name !== "sent";
}

function asWaiting(outgoing: Outgoing): Letter {
  return { outgoing, state: { name: "waiting" } };
}
