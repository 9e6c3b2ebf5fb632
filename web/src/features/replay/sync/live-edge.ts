/**
 * Where "live" is: as near to now as footage can be shown without a stop every few seconds.
 *
 * Pure. Footage arrives in segments of about 4 s (6 s at most) that are announced by a playlist read every few seconds,
 * so what may be shown grows in steps. Standing a little behind the newest step keeps the picture moving.
 */
import type { WallMs } from "../time/zone";

/** The usual distance from now: one segment, its upload, and one reading of the playlist. */
export const LIVE_DELAY_MS = 9_000;
/** The promise to the reader: never more than this behind, as long as the footage itself arrives. */
export const MAX_LIVE_LAG_MS = 12_000;
const WAIT_UP_TO_LAG_MS = 11_000;
/** The last frames of a stream that still grows cannot be shown: the decoder gives them out when more come in. */
export const OPEN_END_MS = 300;
/** Never run into the last frames that are there. */
const EDGE_MARGIN_MS = 500;
/** A track that ends so much before the newest is one that left, and the others do not wait for it. */
export const ACTIVE_WITHIN_MS = 8_000;
/** Above this distance a reader who follows live catches up a little faster than real time. */
const CATCH_UP_ABOVE_MS = 10_500;
export const CATCH_UP_RATE = 1.1;

/**
 * How far the clock may go: as far as all tracks that still run have footage. One that lags (a slow link, a participant
 * who just dropped out) is waited for only until the reader would be `WAIT_UP_TO_LAG_MS` behind.
 */
export function sharedEdge(trackEndsMs: readonly WallMs[], serverNowMs: WallMs): WallMs | null {
  if (trackEndsMs.length === 0) return null;
  const newest = Math.max(...trackEndsMs);
  const shared = Math.min(...trackEndsMs.filter((end) => newest - end <= ACTIVE_WITHIN_MS));
  const edge = Math.max(shared, Math.min(newest, serverNowMs - WAIT_UP_TO_LAG_MS));
  return edge - OPEN_END_MS;
}

/** Where the live button goes. */
export function liveTarget(edgeMs: WallMs, serverNowMs: WallMs): WallMs {
  return Math.min(edgeMs - EDGE_MARGIN_MS, serverNowMs - LIVE_DELAY_MS);
}

/** The rate for a reader who follows live from `positionMs`. */
export function liveRate(positionMs: WallMs, edgeMs: WallMs, serverNowMs: WallMs): number {
  const behind = serverNowMs - positionMs;
  return behind > CATCH_UP_ABOVE_MS && edgeMs - positionMs > EDGE_MARGIN_MS * 2 ? CATCH_UP_RATE : 1;
}
