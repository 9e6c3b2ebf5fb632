/** The keys of drawing: one takes a tool in hand, the same or Escape puts it away. */
import { useShortcuts } from "@/features/call/use-shortcuts";
import type { Ink } from "@/rtc/messages";

import { INK_NAMES, type DrawingDesk, type Tool } from "./drawing-desk";

export const TOOL_KEYS: Readonly<Record<Tool, string>> = { pointer: "p", arrow: "a", circle: "c", line: "l", text: "t" };

export interface DrawingActions {
  freeze: () => void;
  undo: () => void;
  clear: () => void;
}

export function useDrawingKeys({ tool, ink }: Pick<DrawingDesk, "tool" | "ink">, { freeze, undo, clear }: DrawingActions): void {
  const take = (one: Tool) => (): void => {
    tool.value = tool.value === one ? null : one;
  };
  const tools = Object.entries(TOOL_KEYS) as [Tool, string][];
  useShortcuts({
    ...Object.fromEntries(tools.map(([one, key]) => [key, take(one)])),
    escape: () => (tool.value = null),
    i: () => (ink.value = nextInk(ink.value)),
    h: freeze,
    z: undo,
    x: clear,
  });
}

function nextInk(ink: Ink): Ink {
  return INK_NAMES[(INK_NAMES.indexOf(ink) + 1) % INK_NAMES.length] ?? "red";
}
