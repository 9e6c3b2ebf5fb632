/** The chat of the call that a page of the office is in, for the parts of that page. */
import { inject, type InjectionKey } from "vue";

import type { Chat } from "./use-chat";

export const CHAT: InjectionKey<Chat> = Symbol("chat");

export function useCallChat(): Chat {
  const chat = inject(CHAT);
  if (chat === undefined) throw new Error("Nobody writes here.");
  return chat;
}
