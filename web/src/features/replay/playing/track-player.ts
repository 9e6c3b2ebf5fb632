/**
 * One participant's player: a video element that obeys the page's clock.
 *
 * `step` is called on every frame of the page, moves the element as `follow` orders, and says how it stands. Owns the
 * element's source; the element itself belongs to the tile. Closing it stops everything.
 */
import { follow } from "../sync/follower";
import { OPEN_END_MS } from "../sync/live-edge";
import type { WallMs } from "../time/zone";
import type { MediaSourceOfTrack, OpenSource } from "./source";

export interface ClockNow {
  positionMs: WallMs;
  rate: number;
  running: boolean;
}

export interface PlayerStatus {
  /** The picture of the moment is there, or there is none to wait for. */
  ready: boolean;
  /** Footage of this track exists at the moment, as its playlist tells; null before that was read. */
  covered: boolean | null;
  failed: boolean;
  /** How far its picture is from the clock; null while it shows none. */
  offMs: number | null;
}

/** So near to the end of a stretch the next frames are not there, and nobody waits for them. */
const END_OF_STRETCH_MS = 600;
const FIRST_SEEK_COST_MS = 150;
const HIGHEST_SEEK_COST_MS = 1_500;
/** Participants do not end at the same moment; so long the last frame counts as theirs. */
const KEEP_LAST_MS = 500;
const LAST_FRAME_MS = 20;
/** A picture further than this from the moment is no picture of the moment. */
const NEAR_MS = 1_500;

export class TrackPlayer {
  private readonly source: MediaSourceOfTrack;
  private readonly stop = new AbortController();
  private seekedAtMs = -Infinity;
  private seekPending = false;
  private seekCostMs = FIRST_SEEK_COST_MS;
  private starting = false;

  /** `onBlocked`: the browser wants a tap before it plays sound. */
  constructor(
    private readonly video: HTMLVideoElement,
    open: OpenSource,
    playlistUrl: string,
    startAtMs: () => WallMs,
    private readonly onBlocked: () => void,
  ) {
    video.preservesPitch = true;
    video.addEventListener("seeked", () => this.measureSeek(), { signal: this.stop.signal });
    this.source = open(video, playlistUrl, startAtMs);
  }

  /** The end of the footage that its playlist lists; null before that was read. */
  get endMs(): WallMs | null {
    return this.source.coverage.endMs;
  }

  step(pageClock: ClockNow, nowMs: number): PlayerStatus {
    const { video, source } = this;
    const clock = { ...pageClock, positionMs: showable(pageClock.positionMs, source) };
    source.show(clock.positionMs);
    const { coverage, map, failed } = source;
    const loaded = video.readyState >= HTMLMediaElement.HAVE_METADATA;
    const ownMs = loaded ? map.wallAt(video.currentTime) : null;
    const runwayMs = map.runwayMs(clock.positionMs);
    const mediaS = map.mediaAt(clock.positionMs);
    // While footage of another kind of media is being opened there is no map, but footage all the same.
    const covered = mediaS !== null || (map.empty && coverage.mediaAt(clock.positionMs) !== null);
    if (loaded) {
      const order = follow({
        masterMs: clock.positionMs,
        rate: clock.rate,
        running: clock.running,
        ownMs,
        covered,
        resumesAtMs: covered ? null : (map.nextStart(clock.positionMs)?.wallMs ?? null),
        seeking: video.seeking,
        sinceSeekMs: nowMs - this.seekedAtMs,
        seekCostMs: this.seekCostMs,
        bent: video.playbackRate !== clock.rate,
      });
      if (order.seekToMs !== null) this.seek(map.mediaAt(order.seekToMs) ?? mediaS, nowMs);
      if (video.playbackRate !== order.playbackRate) video.playbackRate = order.playbackRate;
      this.setPlaying(order.play);
    }
    const offMs = covered && ownMs !== null ? ownMs - clock.positionMs : null;
    return { ready: this.isReady(clock, covered, runwayMs, offMs), covered: coverage.empty ? null : covered, failed, offMs };
  }

  close(): void {
    this.stop.abort();
    this.video.pause();
    this.source.close();
  }

  private isReady(clock: ClockNow, covered: boolean, runwayMs: number, offMs: number | null): boolean {
    if (this.source.coverage.empty) return false;
    if (!covered) return true;
    // The very last frames of a list that is not closed yet may not be decoded before it is.
    if (runwayMs <= LAST_FRAME_MS * 2 && offMs !== null) return true;
    if (this.video.seeking || offMs === null || Math.abs(offMs) > NEAR_MS * Math.max(1, clock.rate)) return false;
    const enough =
      runwayMs <= END_OF_STRETCH_MS * clock.rate ? HTMLMediaElement.HAVE_CURRENT_DATA : HTMLMediaElement.HAVE_FUTURE_DATA;
    return this.video.readyState >= enough;
  }

  private seek(mediaS: number | null, nowMs: number): void {
    if (mediaS === null) return;
    this.seekedAtMs = nowMs;
    this.seekPending = true;
    this.video.currentTime = mediaS;
  }

  private measureSeek(): void {
    if (!this.seekPending) return;
    this.seekPending = false;
    const cost = Math.min(HIGHEST_SEEK_COST_MS, performance.now() - this.seekedAtMs);
    this.seekCostMs += (cost - this.seekCostMs) * 0.3;
  }

  private setPlaying(play: boolean): void {
    if (!play) {
      if (!this.video.paused) this.video.pause();
      return;
    }
    // Playing a media element that has ended begins it anew.
    if (!this.video.paused || this.starting || this.video.ended) return;
    this.starting = true;
    this.video
      .play()
      .catch((error: unknown) => {
        // AbortError is a pause that came before the start was through.
        if (error instanceof DOMException && error.name === "NotAllowedError") this.onBlocked();
      })
      .finally(() => (this.starting = false));
  }
}

/** Near to the end of the record its last frame stays on, or the last that can be shown while it grows. */
function showable(atMs: WallMs, { coverage, map, complete }: MediaSourceOfTrack): WallMs {
  const toldEndMs = coverage.endMs;
  if (toldEndMs === null) return atMs;
  // hls.js measures what it has loaded: its list may end some milliseconds before the end that was told.
  const mapEndMs = map.endMs ?? toldEndMs;
  const endMs = toldEndMs - mapEndMs <= KEEP_LAST_MS ? Math.min(toldEndMs, mapEndMs) : toldEndMs;
  const lastMs = endMs - (complete ? LAST_FRAME_MS : OPEN_END_MS);
  return atMs > lastMs && atMs - endMs <= KEEP_LAST_MS ? lastMs : atMs;
}

/** Whether the browser plays HLS by hls.js or by itself. */
export function hasMediaSource(): boolean {
  return "MediaSource" in window || "ManagedMediaSource" in window;
}
