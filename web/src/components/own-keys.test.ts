import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { effectScope, ref } from "vue";

import { useShortcuts } from "@/features/call/use-shortcuts";
import type { ChecklistDesk } from "@/features/checklist/checklist-desk";
import { useChecklistKeys } from "@/features/checklist/use-checklist-keys";
import type { Replay } from "@/features/replay/use-replay";
import { useReplayKeys } from "@/features/replay/use-replay-keys";

/** Stands in an element that the selector means, or not. */
class Within {
  constructor(private readonly name: string) {}

  closest(selector: string): this | null {
    return selector.split(", ").includes(this.name) ? this : null;
  }
}

let hear: (event: unknown) => void;

beforeEach(() => {
  vi.stubGlobal("Element", Within);
  vi.stubGlobal("window", { addEventListener: (_: string, heard: typeof hear) => (hear = heard) });
});
afterEach(() => vi.unstubAllGlobals());

const KEYS: [string, string, (act: () => void) => void][] = [
  ["the call", "x", (act) => useShortcuts({ x: act })],
  ["the checklist", "1", (act) => useChecklistKeys({ decide: act } as unknown as ChecklistDesk, { write: act, help: act })],
  ["the replay", "Home", (act) => useReplayKeys({ seek: act, bounds: ref({ startMs: 0, endMs: 1 }) } as unknown as Replay)],
];

test.each(KEYS)("a key of %s acts on the page, and never behind a dialog or into what is typed", (_, key, listen) => {
  let acted = 0;
  effectScope().run(() => listen(() => (acted += 1)));
  const press = (within: string): void => hear({ key, target: new Within(within), preventDefault: () => undefined });
  for (const own of ["dialog", "[role=dialog]", "textarea", "select", "[contenteditable]"]) press(own);
  expect(acted).toBe(0);
  press("main");
  expect(acted).toBe(1);
});
