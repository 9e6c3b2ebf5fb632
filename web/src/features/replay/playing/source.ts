/** Where a track's player gets its media from: hls.js, or the browser's own HLS where there is no MSE (iPhone). */
import type { WallClockMap } from "../sync/wall-clock-map";

export interface MediaSourceOfTrack {
  /** The playlist as it is known now; empty until it has been read. */
  readonly map: WallClockMap;
  /** Playing is not possible at the moment; it goes on trying until closed. */
  readonly failed: boolean;
  close: () => void;
}

/** Opens the playlist on `video`. `startAtMs` says which moment to load first. */
export type OpenSource = (video: HTMLVideoElement, playlistUrl: string, startAtMs: () => number) => MediaSourceOfTrack;
