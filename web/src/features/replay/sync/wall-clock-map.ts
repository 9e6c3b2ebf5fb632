/**
 * One track's two time lines: the media element's (seconds, without holes) and the wall clock (with holes).
 *
 * Pure. Built from the playlist's fragments, each with its place in the media and its EXT-X-PROGRAM-DATE-TIME. Across a
 * discontinuity the media goes straight on while the wall clock jumps; within a fragment both run alike.
 */
import type { WallMs } from "../time/zone";

export interface MediaPiece {
  mediaStartS: number;
  durationS: number;
  wallStartMs: WallMs;
}

/** Neighbouring fragments differ by rounding and by the slow correction of the sender's clock: that is no hole. */
export const SEAM_TOLERANCE_MS = 250;

/** Rounding of media times at a fragment's first sample must not put a position into the fragment before. */
const EDGE_S = 0.0002;

export interface Span {
  startMs: WallMs;
  endMs: WallMs;
}

export class WallClockMap {
  private readonly pieces: readonly MediaPiece[];
  readonly spans: readonly Span[];

  constructor(pieces: readonly MediaPiece[]) {
    this.pieces = pieces
      .filter((piece) => piece.durationS > 0 && Number.isFinite(piece.wallStartMs))
      .sort((a, b) => a.mediaStartS - b.mediaStartS);
    this.spans = joinSpans(this.pieces);
  }

  get empty(): boolean {
    return this.pieces.length === 0;
  }

  get startMs(): WallMs | null {
    return this.spans[0]?.startMs ?? null;
  }

  get endMs(): WallMs | null {
    return this.spans.at(-1)?.endMs ?? null;
  }

  /** The wall clock of a media position; null before the first and after the last piece. */
  wallAt(mediaS: number): WallMs | null {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pieces[middle]?.mediaStartS ?? Infinity) - EDGE_S <= mediaS) low = middle;
      else high = middle - 1;
    }
    const piece = this.pieces[low];
    if (!piece) return null;
    const insideS = mediaS - piece.mediaStartS;
    const last = low === this.pieces.length - 1;
    if (insideS < -EDGE_S || (last && insideS > piece.durationS + SEAM_TOLERANCE_MS / 1000)) return null;
    return piece.wallStartMs + Math.min(Math.max(0, insideS), piece.durationS) * 1000;
  }

  /** The media position that shows `atMs`; null in a hole and outside of the record. */
  mediaAt(atMs: WallMs): number | null {
    const index = this.pieces.findLastIndex((piece) => piece.wallStartMs <= atMs);
    const piece = this.pieces[index];
    if (!piece) return null;
    const insideMs = atMs - piece.wallStartMs;
    const durationMs = piece.durationS * 1000;
    if (insideMs < durationMs) return piece.mediaStartS + insideMs / 1000;
    const next = this.pieces[index + 1];
    // Within a seam the last frame before it stays on: it is the picture of that moment.
    const seam = next !== undefined && next.wallStartMs - (piece.wallStartMs + durationMs) <= SEAM_TOLERANCE_MS;
    return seam ? piece.mediaStartS + piece.durationS - EDGE_S : null;
  }

  /** Where footage begins next, at or after `atMs`. */
  nextStart(atMs: WallMs): { wallMs: WallMs; mediaS: number } | null {
    const span = this.spans.find((candidate) => candidate.startMs >= atMs);
    const mediaS = span ? this.mediaAt(span.startMs) : null;
    return span && mediaS !== null ? { wallMs: span.startMs, mediaS } : null;
  }

  /** How much footage follows `atMs` without a hole, in milliseconds; 0 in a hole. */
  runwayMs(atMs: WallMs): number {
    const span = this.spans.find((candidate) => candidate.startMs <= atMs && atMs < candidate.endMs);
    return span ? span.endMs - atMs : 0;
  }
}

function joinSpans(pieces: readonly MediaPiece[]): Span[] {
  const spans: Span[] = [];
  for (const piece of pieces) {
    const endMs = piece.wallStartMs + piece.durationS * 1000;
    const current = spans.at(-1);
    if (current && piece.wallStartMs - current.endMs <= SEAM_TOLERANCE_MS) {
      current.endMs = Math.max(current.endMs, endMs);
    } else {
      spans.push({ startMs: piece.wallStartMs, endMs });
    }
  }
  return spans;
}
