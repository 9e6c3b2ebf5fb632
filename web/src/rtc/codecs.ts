/**
 * The order in which video codecs are offered: H264 constrained baseline with packetization mode 1, then VP9 profile 0.
 *
 * Only these two fit the archive's MP4 files; others are left out, so that the server's answer cannot choose them.
 */

interface Codec {
  mimeType: string;
  sdpFmtpLine?: string;
}

function parameters(codec: Codec): Map<string, string> {
  return new Map(
    (codec.sdpFmtpLine ?? "").split(";").map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [name.trim().toLowerCase(), value.trim().toLowerCase()];
    }),
  );
}

/** 0 is offered first; null is not offered at all. */
function rank(codec: Codec): number | null {
  const format = parameters(codec);
  switch (codec.mimeType.toLowerCase()) {
    case "video/h264": {
      const archived = format.get("packetization-mode") === "1" && format.get("profile-level-id")?.startsWith("42e0");
      return archived === true ? 0 : null;
    }
    case "video/vp9":
      return (format.get("profile-id") ?? "0") === "0" ? 1 : null;
    case "video/rtx":
      return 2;
    default:
      return null;
  }
}

/** The codecs to offer, best first; empty if the browser has none that can be archived. */
export function archivedCodecs<C extends Codec>(capabilities: readonly C[]): C[] {
  const ranked = capabilities
    .map((codec) => ({ codec, rank: rank(codec) }))
    .filter((entry): entry is { codec: C; rank: number } => entry.rank !== null)
    .sort((a, b) => a.rank - b.rank);
  return ranked.some((entry) => entry.rank < 2) ? ranked.map((entry) => entry.codec) : [];
}
