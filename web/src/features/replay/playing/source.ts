/** Where a track's player gets its media from: hls.js, or the browser's own HLS where there is no MSE (iPhone). */
import type { WallClockMap } from "../sync/wall-clock-map";

export interface MediaSourceOfTrack {
  /** All footage that the playlist lists; empty until it has been read. */
  readonly coverage: WallClockMap;
  /** The part of it that the media element holds the timeline of: times of the element and of the wall. */
  readonly map: WallClockMap;
  /** Nothing will be added any more: the footage can be shown up to its last frame. */
  readonly complete: boolean;
  /** Playing is not possible at the moment; it goes on trying until closed. */
  readonly failed: boolean;
  /** Called on every frame: the moment that is to be shown. */
  show: (atMs: number) => void;
  close: () => void;
}

/** Opens the playlist on `video`. `startAtMs` says which moment to load first. */
export type OpenSource = (video: HTMLVideoElement, playlistUrl: string, startAtMs: () => number) => MediaSourceOfTrack;
