/**
 * The pieces of an HLS playlist as our server writes it: each segment has EXTINF and EXT-X-PROGRAM-DATE-TIME, each
 * EXT-X-MAP the codecs of what follows (X-CODECS).
 *
 * Pure. A track's *kind* is its set of codecs: where a microphone joins or a camera is turned off, it changes, and a
 * browser's source buffers cannot follow. `keepKind` makes a playlist of one kind out of the whole.
 */
import type { MediaPiece } from "../sync/wall-clock-map";

export interface PlaylistPiece extends MediaPiece {
  kind: string;
}

export interface ReadPlaylist {
  /** Media times are those of the browser's own player: all pieces end to end. */
  pieces: PlaylistPiece[];
  /** Nothing will be added any more. */
  complete: boolean;
}

interface Entry {
  map: string;
  kind: string;
  breaks: boolean;
  lines: string[];
  durationS: number;
  wallStartMs: number;
}

const END = "#EXT-X-ENDLIST";
const BREAK = "#EXT-X-DISCONTINUITY";

export function readPlaylist(text: string): ReadPlaylist {
  const { entries, complete } = parse(text);
  const pieces: PlaylistPiece[] = [];
  let mediaStartS = 0;
  let wallEndMs = Number.NaN;
  for (const { kind, durationS, wallStartMs: told } of entries) {
    const wallStartMs = Number.isNaN(told) ? wallEndMs : told;
    pieces.push({ mediaStartS, durationS, wallStartMs, kind });
    mediaStartS += durationS;
    wallEndMs = wallStartMs + durationS * 1000;
  }
  return { pieces, complete };
}

/** The same playlist with the pieces of one kind only; grows at its end alone, as the whole one does. */
export function keepKind(text: string, kind: string): string {
  const { head, entries, complete } = parse(text);
  const lines = [...head];
  let map = "";
  let broken = false;
  for (const entry of entries) {
    broken ||= entry.breaks;
    if (entry.kind !== kind) {
      broken = true;
      continue;
    }
    if (broken && map !== "") lines.push(BREAK);
    if (entry.map !== map) lines.push(entry.map);
    map = entry.map;
    broken = false;
    lines.push(...entry.lines);
  }
  if (complete) lines.push(END);
  return `${lines.join("\n")}\n`;
}

/** Which kind is wanted at `atMs`: of the piece there, else of the next one, else of the last; null without pieces. */
export function kindAt(pieces: readonly PlaylistPiece[], atMs: number): string | null {
  const piece = pieces.find(({ wallStartMs, durationS }) => atMs < wallStartMs + durationS * 1000) ?? pieces.at(-1);
  return piece?.kind ?? null;
}

function parse(text: string): { head: string[]; entries: Entry[]; complete: boolean } {
  const head: string[] = [];
  const entries: Entry[] = [];
  let complete = false;
  let map = "";
  let next: Omit<Entry, "map" | "kind"> = emptyEntry();
  for (const line of text.split(/\r?\n/)) {
    if (line === "") continue;
    if (line === END) complete = true;
    else if (line === BREAK) next.breaks = true;
    else if (line.startsWith("#EXT-X-MAP:")) map = line;
    else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
      next.wallStartMs = Date.parse(line.slice(line.indexOf(":") + 1));
      next.lines.push(line);
    } else if (line.startsWith("#EXTINF:")) {
      next.durationS = Number.parseFloat(line.slice(8));
      next.lines.push(line);
    } else if (line.startsWith("#")) head.push(line);
    else {
      next.lines.push(line);
      entries.push({ map, kind: kindOf(map), ...next });
      next = emptyEntry();
    }
  }
  return { head, entries, complete };
}

function emptyEntry(): Omit<Entry, "map" | "kind"> {
  return { breaks: false, lines: [], durationS: 0, wallStartMs: Number.NaN };
}

/** `avc1.42E01F,Opus` is the kind `avc1+opus`: profile and level may change within it. */
function kindOf(mapLine: string): string {
  const codecs = /[:,]X-CODECS="([^"]*)"/.exec(mapLine)?.[1] ?? "";
  return codecs
    .split(",")
    .map((codec) => (codec.trim().split(".")[0] ?? "").toLowerCase())
    .filter((codec) => codec !== "")
    .sort()
    .join("+");
}
