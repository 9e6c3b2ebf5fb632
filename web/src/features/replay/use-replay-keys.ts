/** The keys of a player, except where a key already means something to the control that has the focus. */
import { onScopeDispose } from "vue";

import { DIALOGS, TYPED_INTO } from "@/components/own-keys";

import { stepRate } from "./sync/master-clock";
import type { Replay } from "./use-replay";

const OWN_KEYS = `input, ${TYPED_INTO}, ${DIALOGS}`;
const STEP_MS = 5_000;
const BIG_STEP_MS = 60_000;

export function useReplayKeys(replay: Replay): void {
  const move = (byMs: number): void => replay.seek(replay.positionMs.value + byMs);
  const actions: Readonly<Record<string, (shift: boolean) => void>> = {
    " ": () => replay.toggle(),
    ArrowLeft: (shift) => move(shift ? -BIG_STEP_MS : -STEP_MS),
    ArrowRight: (shift) => move(shift ? BIG_STEP_MS : STEP_MS),
    Home: () => replay.seek(replay.bounds.value.startMs),
    End: () => replay.seek(replay.bounds.value.endMs),
    "<": () => replay.setRate(stepRate(replay.rate.value, -1)),
    ">": () => replay.setRate(stepRate(replay.rate.value, 1)),
  };

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(OWN_KEYS)) return;
    if (event.key === " " && target?.closest("button, a, summary")) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action(event.shiftKey);
  }
  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}
