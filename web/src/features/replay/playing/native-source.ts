/**
 * A track by the browser's own HLS player (iPhone, old Safari). The playlist is read beside it, for its wall clock.
 *
 * Owns the `src` of one video element and one timer; both end when it is closed.
 */
import { WallClockMap } from "../sync/wall-clock-map";
import { readPlaylist } from "./playlist-pieces";
import type { OpenSource } from "./source";

const READ_EVERY_MS = 4_000;
const READ_WITHIN_MS = 10_000;

export const openNativeSource: OpenSource = (video, playlistUrl) => {
  const empty = new WallClockMap([]);
  const source = { coverage: empty, map: empty, complete: false, failed: false };
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = async (): Promise<void> => {
    const deadline = setTimeout(() => reading.abort(), READ_WITHIN_MS);
    const reading = new AbortController();
    const giveUp = (): void => reading.abort();
    stop.signal.addEventListener("abort", giveUp, { once: true });
    try {
      const answer = await fetch(playlistUrl, { signal: reading.signal, cache: "no-store" });
      if (!answer.ok) throw new Error(`playlist: ${answer.status}`);
      const playlist = readPlaylist(await answer.text());
      source.map = source.coverage = new WallClockMap(playlist.pieces);
      source.complete = playlist.complete;
      if (source.failed) video.load();
      source.failed = false;
    } catch {
      source.failed = true;
    } finally {
      clearTimeout(deadline);
      stop.signal.removeEventListener("abort", giveUp);
    }
    if (!source.complete && !stop.signal.aborted) timer = setTimeout(() => void read(), READ_EVERY_MS);
  };

  video.addEventListener("error", () => (source.failed = true), { signal: stop.signal });
  video.src = playlistUrl;
  void read();
  return Object.assign(source, {
    show: () => undefined, // The browser's player takes every kind of media in one list.
    close: () => {
      stop.abort();
      clearTimeout(timer);
      video.removeAttribute("src");
      video.load();
    },
  });
};
