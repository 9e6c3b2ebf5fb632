/** Shows what others have just written while the tab of the chat is not open: who writes may not be able to speak. */
import { ElMessage } from "element-plus";
import { h, watch, type VNode } from "vue";
import { useI18n } from "vue-i18n";

import type { Chat } from "./use-chat";

const READ_MS = 6000;
const BELOW_HEADER_PX = 72;

export function useChatNews({ unread }: Pick<Chat, "unread">, isOpen: () => boolean): void {
  const { t } = useI18n();
  watch(unread, (now, before) => {
    const known = new Set(before.map(({ id }) => id));
    const newest = now.filter(({ id }) => !known.has(id)).at(-1);
    if (newest === undefined || isOpen()) return;
    // Asked for anew when the language is switched.
    const message = (): VNode => h("span", t("chat.came", { name: newest.author_name, text: newest.text }));
    ElMessage({ type: "primary", duration: READ_MS, offset: BELOW_HEADER_PX, message });
  });
}
