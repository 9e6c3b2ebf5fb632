/**
 * One seat's chat: what everybody has written, what of one's own is still on its way, and how far one has read.
 *
 * What is written here is sent in its order, one after the other, for as long as it takes: the id is the message's own,
 * so that sending it again after a lost connection, or after a reload, has one effect. What the server refuses for what
 * it is stays, with the reason.
 */
import { isAbort, toApiError } from "@/api/client";
import type { ChatApi, ChatMessage } from "@/api/chat";
import { isPassing } from "@/api/passing";
import { BackOff } from "@/rtc/back-off";
import type { Clock } from "@/rtc/clock";
import { Observable } from "@/rtc/observable";

import type { ChatMemory, Unsent } from "./chat-memory";

/** `problem`: code of why the server will not have it; null: it is on its way. */
export interface OwnWords extends Unsent {
  problem: string | null;
}

export interface ChatState {
  /** On the server, in order of time. */
  said: readonly ChatMessage[];
  /** Not there yet, in the order in which it was written. */
  unsent: readonly OwnWords[];
  readUpTo: string | null;
}

export interface ChatDeskOptions {
  api: ChatApi;
  clock: Clock;
  memory: ChatMemory;
  newId: () => string;
}

export class ChatDesk {
  readonly state: Observable<ChatState>;
  private readonly backOff = new BackOff();
  private readonly gone = new AbortController();
  private sending = false;
  private stopWaiting: (() => void) | null = null;
  private asked = 0;

  constructor(private readonly options: ChatDeskOptions) {
    const { memory } = options;
    const unsent = memory.unsent().map((one) => ({ ...one, problem: null }));
    this.state = new Observable<ChatState>({ said: [], unsent, readUpTo: memory.readUpTo() });
    this.sendNext();
  }

  /** Asks the server anew; without a network nothing new is known. */
  async reload(): Promise<void> {
    const round = (this.asked += 1);
    const said = await this.options.api.list({ signal: this.gone.signal }).catch(() => null);
    // An older answer may come after a newer one.
    if (said !== null && round === this.asked) this.state.set({ ...this.state.value, said });
  }

  say(text: string): void {
    const words = text.trim();
    if (words === "") return;
    this.keep([...this.state.value.unsent, { id: this.options.newId(), text: words, problem: null }]);
    this.sendNext();
  }

  /** The person gives up what was refused. */
  giveUp(id: string): void {
    this.keep(this.state.value.unsent.filter((one) => one.id !== id));
  }

  /** Everything that is there now has been seen. */
  markRead(): void {
    const newest = this.state.value.said.at(-1)?.id;
    if (newest === undefined || newest === this.state.value.readUpTo) return;
    this.options.memory.keepReadUpTo(newest);
    this.state.set({ ...this.state.value, readUpTo: newest });
  }

  /** The connection is back: no need to wait any longer. */
  hurry(): void {
    this.backOff.reset();
    this.stopWaiting?.();
    this.stopWaiting = null;
    this.sendNext();
  }

  close(): void {
    this.gone.abort();
    this.stopWaiting?.();
  }

  private sendNext(): void {
    if (this.gone.signal.aborted || this.sending || this.stopWaiting !== null) return;
    const next = this.state.value.unsent.find(({ problem }) => problem === null);
    if (next !== undefined) void this.send(next);
  }

  private async send({ id, text }: Unsent): Promise<void> {
    this.sending = true;
    try {
      const message = await this.options.api.say(id, text, { signal: this.gone.signal });
      this.backOff.reset();
      const { said } = this.state.value;
      if (!said.some((one) => one.id === id)) this.state.set({ ...this.state.value, said: [...said, message] });
      this.giveUp(id);
    } catch (error) {
      if (!isAbort(error)) this.failed(id, toApiError(error).code);
    } finally {
      this.sending = false;
    }
    this.sendNext();
  }

  private failed(id: string, code: string): void {
    if (!isPassing(code)) {
      this.keep(this.state.value.unsent.map((one) => (one.id === id ? { ...one, problem: code } : one)));
      return;
    }
    this.stopWaiting = this.options.clock.after(this.backOff.nextMs(), () => {
      this.stopWaiting = null;
      this.sendNext();
    });
  }

  private keep(unsent: readonly OwnWords[]): void {
    this.options.memory.keepUnsent(unsent);
    this.state.set({ ...this.state.value, unsent });
  }
}

/** What others have written since one last looked, in order of time. */
export function unreadOf({ said, readUpTo }: Pick<ChatState, "said" | "readUpTo">, ownId: string | null): readonly ChatMessage[] {
  const read = said.findIndex(({ id }) => id === readUpTo);
  return said.slice(read + 1).filter(({ participant_id }) => participant_id !== ownId);
}
