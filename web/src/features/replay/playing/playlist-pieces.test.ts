import { describe, expect, it } from "vitest";

import { readPlaylist } from "./playlist-pieces";

const HEAD = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:6", '#EXT-X-MAP:URI="0/0.mp4"'];

describe("a playlist read beside the browser's own player", () => {
  it("lays the pieces end to end in the media, each at its own wall clock", () => {
    const text = [
      ...HEAD,
      "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T07:00:00.000Z",
      "#EXTINF:4.000000,",
      "0/1.mp4",
      "#EXT-X-DISCONTINUITY",
      '#EXT-X-MAP:URI="1/0.mp4"',
      "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T07:01:00.250Z",
      "#EXTINF:3.500000,",
      "1/1.mp4",
    ].join("\n");
    expect(readPlaylist(text)).toEqual({
      pieces: [
        { mediaStartS: 0, durationS: 4, wallStartMs: Date.parse("2026-11-21T07:00:00Z") },
        { mediaStartS: 4, durationS: 3.5, wallStartMs: Date.parse("2026-11-21T07:01:00.250Z") },
      ],
      complete: false,
    });
  });

  it("knows that a closed list gets no more, whatever the line ends", () => {
    const text = [...HEAD, "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T07:00:00Z", "#EXTINF:4,", "0/1.mp4", "#EXT-X-ENDLIST", ""];
    expect(readPlaylist(text.join("\r\n"))).toMatchObject({ pieces: [{ durationS: 4 }], complete: true });
  });

  it("goes on by the durations where a piece has no clock of its own", () => {
    const text = [...HEAD, "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T07:00:00Z", "#EXTINF:4,", "0/1.mp4", "#EXTINF:4,", "0/2.mp4"];
    expect(readPlaylist(text.join("\n")).pieces[1]?.wallStartMs).toBe(Date.parse("2026-11-21T07:00:04Z"));
  });
});
