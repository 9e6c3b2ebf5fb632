import { describe, expect, it } from "vitest";

import { keepKind, kindAt, readPlaylist } from "./playlist-pieces";

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
        { mediaStartS: 0, durationS: 4, wallStartMs: Date.parse("2026-11-21T07:00:00Z"), kind: "" },
        { mediaStartS: 4, durationS: 3.5, wallStartMs: Date.parse("2026-11-21T07:01:00.250Z"), kind: "" },
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

describe("a track whose media change", () => {
  const BOTH = "avc1+opus";
  const clip = (uri: string, second: number) => [
    `#EXT-X-PROGRAM-DATE-TIME:2026-11-21T07:00:${String(second).padStart(2, "0")}.000Z`,
    "#EXTINF:4.000000,",
    uri,
  ];
  const header = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-PLAYLIST-TYPE:EVENT"];
  const map = (uri: string, codecs: string) => `#EXT-X-MAP:URI="${uri}",X-CODECS="${codecs}"`;
  const silentStart = [...header, map("0/0.mp4", "avc1.42E01F"), ...clip("0/1.mp4", 0)];
  const sound = ["#EXT-X-DISCONTINUITY", map("0/2.mp4", "avc1.42E01F,Opus"), ...clip("0/3.mp4", 4), ...clip("0/4.mp4", 8)];
  const noCamera = ["#EXT-X-DISCONTINUITY", map("0/5.mp4", "Opus"), ...clip("0/6.mp4", 12)];
  const turned = ["#EXT-X-DISCONTINUITY", map("0/7.mp4", "avc1.42E034,Opus"), ...clip("0/8.mp4", 16)];
  const whole = [...silentStart, ...sound, ...noCamera, ...turned, "#EXT-X-ENDLIST", ""].join("\n");

  it("says of each piece what it holds; a change of profile or level alone is none", () => {
    expect(readPlaylist(whole).pieces.map(({ kind }) => kind)).toEqual(["avc1", BOTH, BOTH, "opus", BOTH]);
  });

  it("gives a playlist of one kind, with a break wherever something is left out", () => {
    expect(keepKind(whole, BOTH)).toBe(
      [
        ...header,
        map("0/2.mp4", "avc1.42E01F,Opus"),
        ...clip("0/3.mp4", 4),
        ...clip("0/4.mp4", 8),
        "#EXT-X-DISCONTINUITY",
        map("0/7.mp4", "avc1.42E034,Opus"),
        ...clip("0/8.mp4", 16),
        "#EXT-X-ENDLIST",
        "",
      ].join("\n"),
    );
  });

  it("leaves a playlist of a single kind as it is, its own breaks too", () => {
    const single = [...header, ...sound.slice(1), ...turned, ""].join("\n");
    expect(keepKind(single, BOTH)).toBe(single);
  });

  it("only grows at its end while the whole one does", () => {
    const growing = [silentStart, sound.slice(0, 5), sound.slice(5), noCamera, turned];
    let before = "";
    growing.forEach((_, count) => {
      const kept = keepKind(growing.slice(0, count + 1).flat().join("\n"), BOTH);
      expect(kept.startsWith(before)).toBe(true);
      before = kept;
    });
    expect(before.match(/\.mp4$/gm)).toHaveLength(3);
  });

  it.each([
    [-5, "avc1"],
    [3.999, "avc1"],
    [4, BOTH],
    [13, "opus"],
    [99, BOTH],
  ])("wants at second %d the kind %s", (second, kind) => {
    expect(kindAt(readPlaylist(whole).pieces, Date.parse("2026-11-21T07:00:00Z") + second * 1000)).toBe(kind);
  });

  it("wants nothing of an empty playlist", () => {
    expect(kindAt([], 0)).toBeNull();
  });
});
