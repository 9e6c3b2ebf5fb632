/** Single keys that act on the call, except while somebody types or a dialog is open. */
import { onScopeDispose } from "vue";

export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("input:not([type=radio]), textarea, select, [contenteditable], [role=dialog]")) return;
    actions[event.key.toLowerCase()]?.();
  }
  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}
