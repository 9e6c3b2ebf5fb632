/** The chat of a call for a page: kept up to date by what the call tells, and sent on when the network is back. */
import { computed, onScopeDispose, type ComputedRef, type ShallowRef } from "vue";

import type { ChatApi, ChatMessage } from "@/api/chat";
import { newEvidenceId } from "@/api/evidence";
import { useObservable } from "@/features/call/parts/use-observable";
import type { Call } from "@/rtc/call";
import { browserClock } from "@/rtc/clock";
import type { Unsubscribe } from "@/rtc/observable";
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

/** For a page that outlives its calls: `follow` ties it to each that is entered. */
export interface FollowingChat extends Chat {
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

export interface ChatOptions {
  api: ChatApi;
  /** Whose chat of which call, for what is remembered over a reload. */
  seat: string;
  /** The own participant. */
  me: () => string | null;
}

export function createChat({ api, seat, me }: ChatOptions): FollowingChat {
  const desk = new ChatDesk({
    api,
    clock: browserClock,
    memory: createChatMemory(seat, () => window.sessionStorage),
    newId: newEvidenceId,
  });
  const state = useObservable(desk.state);
  const hurry = (): void => desk.hurry();
  window.addEventListener("online", hurry);
  onScopeDispose(() => {
    window.removeEventListener("online", hurry);
    desk.close();
  });
  return {
    state,
    unread: computed(() => unreadOf(state.value, me())),
    say: (text) => desk.say(text),
    giveUp: (id) => desk.giveUp(id),
    markRead: () => desk.markRead(),
    follow({ messages }) {
      const stops = [followTopic(messages, "chat", () => void desk.reload()), messages.on("welcome", hurry)];
      // When the call is up already, its first welcome was before.
      void desk.reload();
      return () => stops.forEach((stop) => stop());
    },
  };
}

/** For a page within one call. */
export function useChat(call: Call, api: ChatApi, seat: string): Chat {
  const view = useObservable(call.view);
  const chat = createChat({ api, seat, me: () => view.value.participantId });
  onScopeDispose(chat.follow(call));
  return chat;
}
