/** What is asked of the person on this phone, asked for anew whenever it changed. */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

import { isAbort, type ApiClient, type Schema } from "@/api/client";
import type { Call } from "@/rtc/call";
import { followTopic } from "@/rtc/topics";

export type OwnChallenge = Schema<"OwnChallenge">;

export interface FollowedChallenge {
  /** Open, or ended while the person had it before them; null when there is nothing to show. */
  shown: Readonly<ShallowRef<OwnChallenge | null>>;
  reload: () => Promise<void>;
  /** The person has read how it ended. */
  dismiss: () => void;
}

export function followOwnChallenge(client: Pick<ApiClient, "get">, call: Pick<Call, "messages">): FollowedChallenge {
  const shown = shallowRef<OwnChallenge | null>(null);
  const gone = new AbortController();

  async function reload(): Promise<void> {
    try {
      const answer = await client.get<OwnChallenge>("/api/visit/challenge", { signal: gone.signal });
      shown.value = worthShowing(answer, shown.value);
    } catch (error) {
      // The next news, or the next coming back, asks again; the call goes on without it.
      if (!isAbort(error)) return;
    }
  }

  const stop = followTopic(call.messages, "challenges", () => void reload());
  onScopeDispose(() => {
    stop();
    gone.abort();
  });
  return { shown, reload, dismiss: () => (shown.value = null) };
}

/** An end is told only to who saw the beginning: after a reload an old result would only puzzle. */
export function worthShowing(answer: OwnChallenge, before: OwnChallenge | null): OwnChallenge | null {
  const { challenge } = answer;
  if (challenge === null) return null;
  return challenge.outcome === null || before?.challenge?.id === challenge.id ? answer : null;
}
