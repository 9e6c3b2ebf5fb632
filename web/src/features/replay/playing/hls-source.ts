/**
 * A track by hls.js, loaded only when a replay is opened.
 *
 * Owns the Hls object of one video element. Each plays the footage of one kind (see playlist-pieces); where the kind
 * changes, another takes its place. A failure that hls.js gives up on makes a new one at the same moment, after a pause
 * that grows to `LONGEST_PAUSE_MS`; nothing is left playing when it is closed.
 */
import type Hls from "hls.js";
import type { ErrorData, HlsConfig, LevelDetails } from "hls.js";

import { WallClockMap, type MediaPiece } from "../sync/wall-clock-map";
import { keepKind, kindAt, readPlaylist, type PlaylistPiece } from "./playlist-pieces";
import type { MediaSourceOfTrack, OpenSource } from "./source";

/** Enough for 8 times the speed to run 4 s on what is there. */
const BUFFER_S = 32;
const BACK_BUFFER_S = 30;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 8_000;
/** One failure a minute is bad luck, each starts with the short pause again. */
const CALM_AFTER_MS = 60_000;

const EMPTY = new WallClockMap([]);

export const openHlsSource: OpenSource = (video, playlistUrl, startAtMs) => new HlsSource(video, playlistUrl, startAtMs);

class HlsSource implements MediaSourceOfTrack {
  coverage = EMPTY;
  map = EMPTY;
  complete = false;
  failed = false;
  private pieces: PlaylistPiece[] = [];
  /** The kind that is open; null until the playlist was read. */
  private kind: string | null = null;
  private hls: Hls | null = null;
  private closed = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private failedAtMs = -Infinity;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly playlistUrl: string,
    private readonly startAtMs: () => number,
  ) {
    void this.open();
  }

  show(atMs: number): void {
    if (this.hls === null || this.kind === null || kindAt(this.pieces, atMs) === this.kind) return;
    this.drop();
    void this.open();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.drop();
  }

  private drop(): void {
    this.hls?.destroy();
    this.hls = null;
    this.map = EMPTY;
  }

  private async open(): Promise<void> {
    let library;
    try {
      library = (await import("hls.js/light")).default;
    } catch {
      this.failLater();
      return;
    }
    if (this.closed || this.hls) return;
    this.kind = null;
    const hls = new library({
      pLoader: readingLoader(library.DefaultConfig.loader, (text) => this.read(text)),
      autoStartLoad: false,
      enableWorker: false,
      maxBufferLength: BUFFER_S,
      maxMaxBufferLength: BUFFER_S * 2,
      backBufferLength: BACK_BUFFER_S,
      // Somebody who left the call adds nothing for hours; the playlist is still read on.
      liveMaxUnchangedPlaylistRefresh: Infinity,
    });
    this.hls = hls;
    let started = false;
    const take = ({ details }: { details: LevelDetails }): void => {
      this.map = mapOf(details);
      if (started || this.map.empty) return;
      started = true;
      hls.startLoad(startIn(this.map, this.startAtMs()), false);
    };
    hls.on(library.Events.LEVEL_LOADED, (_event, data) => take(data));
    hls.on(library.Events.LEVEL_UPDATED, (_event, data) => take(data));
    hls.on(library.Events.LEVEL_PTS_UPDATED, (_event, data) => take(data));
    hls.on(library.Events.FRAG_BUFFERED, () => (this.failed = false));
    hls.on(library.Events.ERROR, (_event, data) => this.onError(data));
    hls.loadSource(this.playlistUrl);
    hls.attachMedia(this.video);
  }

  private onError(data: ErrorData): void {
    if (this.closed) return;
    if (!data.fatal) {
      // hls.js tries again by itself, for a while.
      if ((data.type as string) === "networkError") this.failed = true;
      return;
    }
    this.drop();
    this.failLater();
  }

  /** Takes note of a playlist that has arrived, and hands hls.js the part that it can play in one go. */
  private read(text: string): string {
    const { pieces, complete } = readPlaylist(text);
    this.pieces = pieces;
    this.complete = complete;
    this.coverage = new WallClockMap(this.pieces);
    this.kind ??= kindAt(this.pieces, this.startAtMs());
    return this.kind === null ? text : keepKind(text, this.kind);
  }

  private failLater(): void {
    if (this.closed) return;
    this.failed = true;
    const now = performance.now();
    if (now - this.failedAtMs > CALM_AFTER_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.failedAtMs = now;
    this.retry = setTimeout(() => void this.open(), this.pauseMs);
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
  }
}

type Loader = HlsConfig["loader"];

/** A loader of playlists whose text passes through `read` before hls.js sees it. */
function readingLoader(base: Loader, read: (text: string) => string): NonNullable<HlsConfig["pLoader"]> {
  return class extends base {
    override load(...[context, config, callbacks]: Parameters<InstanceType<Loader>["load"]>): void {
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, ...rest) => {
          if (typeof response.data === "string") response.data = read(response.data);
          callbacks.onSuccess(response, ...rest);
        },
      });
    }
  } as unknown as NonNullable<HlsConfig["pLoader"]>;
}

function startIn(map: WallClockMap, atMs: number): number {
  return map.mediaAt(atMs) ?? map.nextStart(atMs)?.mediaS ?? 0;
}

function mapOf(details: LevelDetails): WallClockMap {
  const pieces = details.fragments.flatMap((fragment): MediaPiece[] => {
    // Its own tag: hls.js moves `programDateTime` along with corrections of the media time.
    const wallStartMs = Date.parse(fragment.rawProgramDateTime ?? "");
    return [{ mediaStartS: fragment.start, durationS: fragment.duration, wallStartMs }];
  });
  return new WallClockMap(pieces);
}
