import { expect, test } from "vitest";

import { archivedCodecs } from "./codecs";

const h264 = (profile: string, mode: string) => ({
  mimeType: "video/H264",
  sdpFmtpLine: `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`,
});
const VP8 = { mimeType: "video/VP8" };
const VP9 = { mimeType: "video/VP9", sdpFmtpLine: "profile-id=0" };
const VP9_10_BIT = { mimeType: "video/VP9", sdpFmtpLine: "profile-id=2" };
const RTX = { mimeType: "video/rtx" };

test("offers H264 constrained baseline first, then VP9, and nothing that the archive cannot hold", () => {
  const chromium = [VP8, RTX, h264("42001f", "1"), h264("42e01f", "0"), h264("42e01f", "1"), VP9, VP9_10_BIT];
  expect(archivedCodecs(chromium)).toEqual([h264("42e01f", "1"), VP9, RTX]);
});

test("takes VP9 alone where the browser has no H264", () => {
  expect(archivedCodecs([VP8, RTX, { mimeType: "video/VP9" }])).toEqual([{ mimeType: "video/VP9" }, RTX]);
});

test("prefers nothing where nothing fits, so that the server can say what is missing", () => {
  expect(archivedCodecs([VP8, RTX])).toEqual([]);
});
