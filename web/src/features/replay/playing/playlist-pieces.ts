/**
 * The pieces of an HLS playlist as our server writes it: each segment has EXTINF and EXT-X-PROGRAM-DATE-TIME.
 *
 * Pure. For the browser's own HLS player, which tells a page nothing about its playlist.
 */
import type { MediaPiece } from "../sync/wall-clock-map";

export interface ReadPlaylist {
  pieces: MediaPiece[];
  /** Nothing will be added any more. */
  complete: boolean;
}

export function readPlaylist(text: string): ReadPlaylist {
  const pieces: MediaPiece[] = [];
  let mediaStartS = 0;
  let wallStartMs = Number.NaN;
  let durationS = 0;
  let complete = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) wallStartMs = Date.parse(line.slice(line.indexOf(":") + 1));
    else if (line.startsWith("#EXTINF:")) durationS = Number.parseFloat(line.slice(8));
    else if (line === "#EXT-X-ENDLIST") complete = true;
    else if (line !== "" && !line.startsWith("#")) {
      pieces.push({ mediaStartS, durationS, wallStartMs });
      mediaStartS += durationS;
      wallStartMs += durationS * 1000;
    }
  }
  return { pieces, complete };
}
