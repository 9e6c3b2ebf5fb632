/** The chat of a call for a page: kept up to date by what the call tells, and sent on when the network is back. */
import { computed, onScopeDispose, type ComputedRef, type ShallowRef } from "vue";

import type { ChatApi, ChatMessage } from "@/api/chat";
import { newEvidenceId } from "@/api/evidence";
import { useObservable } from "@/features/call/parts/use-observable";
import type { Call } from "@/rtc/call";
import { browserClock } from "@/rtc/clock";
import { followTopic } from "@/rtc/topics";

import { ChatDesk, unreadOf, type ChatState } from "./chat-desk";
import { createChatMemory } from "./chat-memory";

export interface Chat {
  state: Readonly<ShallowRef<ChatState>>;
  /** What others have written and this person has not seen. */
  unread: ComputedRef<readonly ChatMessage[]>;
  say: (text: string) => void;
  giveUp: (id: string) => void;
  markRead: () => void;
}

/** Args: seat — whose chat of which call, for what is remembered over a reload. */
export function useChat(call: Call, api: ChatApi, seat: string): Chat {
  const view = useObservable(call.view);
  const desk = new ChatDesk({
    api,
    clock: browserClock,
    memory: createChatMemory(seat, () => window.sessionStorage),
    newId: newEvidenceId,
  });
  const state = useObservable(desk.state);
  const hurry = (): void => desk.hurry();
  window.addEventListener("online", hurry);
  const stops = [
    followTopic(call.messages, "chat", () => void desk.reload()),
    call.messages.on("welcome", hurry),
    () => window.removeEventListener("online", hurry),
    () => desk.close(),
  ];
  onScopeDispose(() => stops.forEach((stop) => stop()));
  // Loaded when the call is up: the first welcome may have been before.
  void desk.reload();
  return {
    state,
    unread: computed(() => unreadOf(state.value, view.value.participantId)),
    say: (text) => desk.say(text),
    giveUp: (id) => desk.giveUp(id),
    markRead: () => desk.markRead(),
  };
}
