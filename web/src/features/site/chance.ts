/** Tasks and moments that nobody can foresee. Pure but for the chance that is handed in. */
import type { Task } from "./site-api";

export const TASKS: readonly Task[] = ["write_code", "turn_to_door", "show_qr"];

/** A challenge that comes by itself comes within this time. */
export const WITHIN_MS = 5 * 60_000;

/** Not at once either: whoever switched it on should not see it as an answer to that. */
const AT_LEAST_MS = 20_000;

/** Evenly between 0 (included) and 1 (excluded); `Math.random` can be foreseen by who sees enough of it. */
export type Chance = () => number;

export const browserChance: Chance = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

export function randomTask(chance: Chance): Task {
  return TASKS[Math.floor(chance() * TASKS.length)] ?? "write_code";
}

/** How long to wait for the challenge that comes by itself. */
export function randomDelayMs(chance: Chance): number {
  return Math.round(AT_LEAST_MS + chance() * (WITHIN_MS - AT_LEAST_MS));
}
