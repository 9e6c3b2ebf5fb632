/** A challenge's time, for both sides. Pure. */

/** Whole seconds until it ends, never below zero. */
export function secondsLeft(challenge: { expires_at: string }, serverNowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(challenge.expires_at) - serverNowMs) / 1000));
}
