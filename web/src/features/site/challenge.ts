/** A challenge's time, for both sides, and when it was done. Pure. */
import type { Challenge } from "./site-api";

/** Whole seconds until it ends, never below zero. */
export function secondsLeft(challenge: { expires_at: string }, serverNowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(challenge.expires_at) - serverNowMs) / 1000));
}

/** Those of `asker` (`user:<id>`) that were open `before` and are done `now`: seen by the server or by the inspector. */
export function justDone(before: readonly Challenge[], now: readonly Challenge[], asker: string): Challenge[] {
  const open = new Set(before.filter(({ outcome }) => outcome === null).map(({ id }) => id));
  return now.filter(({ id, asked_by, outcome }) => open.has(id) && asked_by === asker && (outcome === "seen" || outcome === "confirmed"));
}
