/**
 * How one player follows the page's clock: leave it, bend its speed a little, or seek.
 *
 * Pure; called on every frame with what the media element says about itself. Bending is inaudible up to a few per cent
 * and catches the drift of a decoder; a seek is visible, so it is only for a real distance, and rare.
 */
import type { WallMs } from "../time/zone";

export interface FollowInput {
  /** The moment that the page's clock shows. */
  masterMs: WallMs;
  rate: number;
  /** The clock advances: neither paused nor held. */
  running: boolean;
  /** The moment that the player shows; null while it cannot say. */
  ownMs: WallMs | null;
  /** There is footage of this track at `masterMs`. */
  covered: boolean;
  /** Where this track's footage goes on, when `covered` is false. */
  resumesAtMs: WallMs | null;
  /** A seek is under way in the media element. */
  seeking: boolean;
  /** Since the last seek that was asked for; Infinity if there was none. */
  sinceSeekMs: number;
  /** How long this player's seeks take until its picture moves again. */
  seekCostMs: number;
  /** Its speed is bent now. */
  bent: boolean;
}

export interface FollowOrder {
  play: boolean;
  playbackRate: number;
  seekToMs: WallMs | null;
}

/** Within two frames of 30 per second nobody sees or hears a difference. */
export const IN_STEP_MS = 60;
/** A bend goes on until here: at the edge of being in step each frame would change the speed again. */
export const BACK_IN_STEP_MS = 12;
/** From here on bending would take too long: seek. */
export const TOO_FAR_MS = 1_000;
/** A still picture must be the frame of the moment: half a frame of 30 per second. */
export const STILL_MS = 16;
/** Largest bend, as a share of the rate. */
export const MAX_BEND = 0.08;
/** A distance of so much gets the largest bend. */
const FULL_BEND_AT_MS = 400;
/** Bends come in steps: each change of speed costs the audio path a splice. */
const BEND_STEP = 0.02;
/** Seeks of a running player are at least this far apart. */
export const SEEK_PAUSE_MS = 1_500;

export function follow(input: FollowInput): FollowOrder {
  const { masterMs, rate, running, ownMs, covered, bent } = input;
  if (!covered) return rest(input);
  if (!running) return still(input);
  if (ownMs === null) {
    const seekToMs = mayStartSeek(input) ? masterMs : null;
    return { play: true, playbackRate: rate, seekToMs };
  }
  // At 8 times the speed the same distance in footage is an eighth of it for the eye.
  const scale = Math.max(1, rate);
  const aheadMs = (ownMs - masterMs) / scale;
  if (Math.abs(aheadMs) > TOO_FAR_MS) {
    const seekToMs = mayStartSeek(input) ? masterMs + input.seekCostMs * rate : null;
    return { play: true, playbackRate: rate, seekToMs };
  }
  return { play: true, playbackRate: rate * (1 - bend(aheadMs, bent ? BACK_IN_STEP_MS : IN_STEP_MS)), seekToMs: null };
}

/** In a hole the player stands ready, unseen, where its footage goes on. */
function rest({ rate, ownMs, resumesAtMs, seeking }: FollowInput): FollowOrder {
  const there = resumesAtMs === null || (ownMs !== null && Math.abs(ownMs - resumesAtMs) <= STILL_MS);
  return { play: false, playbackRate: rate, seekToMs: there || seeking ? null : resumesAtMs };
}

function still({ masterMs, rate, ownMs, seeking }: FollowInput): FollowOrder {
  const there = ownMs !== null && Math.abs(ownMs - masterMs) <= STILL_MS;
  return { play: false, playbackRate: rate, seekToMs: there || seeking ? null : masterMs };
}

function bend(aheadMs: number, toleratedMs: number): number {
  if (Math.abs(aheadMs) <= toleratedMs) return 0;
  const share = Math.max(-1, Math.min(1, aheadMs / FULL_BEND_AT_MS)) * MAX_BEND;
  const steps = Math.sign(share) * Math.max(1, Math.round(Math.abs(share) / BEND_STEP));
  return steps * BEND_STEP;
}

function mayStartSeek({ seeking, sinceSeekMs }: FollowInput): boolean {
  return !seeking && sinceSeekMs >= SEEK_PAUSE_MS;
}
