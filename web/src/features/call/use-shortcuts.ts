/** Single keys that act on the call, except while somebody types or a dialog is open. */
import { onScopeDispose } from "vue";

import { DIALOGS, TYPED_INTO } from "@/components/own-keys";

const OWN_KEYS = `input:not([type=radio]), ${TYPED_INTO}, ${DIALOGS}`;

export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(OWN_KEYS)) return;
    actions[event.key.toLowerCase()]?.();
  }
  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}
