/** The checklist by keyboard, except while somebody types, or in a part of the page that uses the keys itself. */
import { onScopeDispose } from "vue";

import { DIALOGS, TYPED_INTO } from "@/components/own-keys";

import type { ChecklistDesk } from "./checklist-desk";

const OWN_KEYS = `input, ${TYPED_INTO}, ${DIALOGS}, [role=application], [role=slider], [role=menu], [role=listbox]`;
/** Uses the arrows alone. */
const OWN_ARROWS = "[role=tablist], [role=radiogroup]";

export interface ChecklistKeys {
  /** Puts the cursor where words are written. */
  write: () => void;
  /** Marks this second of the footage; only while it runs. */
  mark?: () => void;
  /** Shows what the keys do. */
  help: () => void;
}

export function useChecklistKeys(desk: ChecklistDesk, { write, mark, help }: ChecklistKeys): void {
  const actions: Readonly<Record<string, () => void>> = {
    arrowdown: () => desk.move(1),
    j: () => desk.move(1),
    arrowup: () => desk.move(-1),
    k: () => desk.move(-1),
    "1": () => desk.decide("pass"),
    "2": () => desk.decide("fail"),
    "3": () => desk.decide("not_applicable"),
    "4": () => desk.decide("cannot_be_judged_remotely"),
    n: write,
    ...(mark ? { b: mark } : {}),
    u: () => desk.undo(),
    "?": help,
  };
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const key = event.key.toLowerCase();
    const action = actions[key];
    if (action === undefined || target?.closest(key.startsWith("arrow") ? `${OWN_KEYS}, ${OWN_ARROWS}` : OWN_KEYS)) return;
    // A key that is held moves on and on, but decides once.
    if (event.repeat && !/^(arrow|[jk]$)/.test(key)) return;
    event.preventDefault();
    action();
  }
  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}
