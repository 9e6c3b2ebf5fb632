/** The largest and clearest JPEG of a picture that fits into a message. */

/** Longer side in pixels, and how well it is kept; the next is taken while it does not fit. */
const TRIES: readonly (readonly [number, number])[] = [
  [1280, 0.6],
  [960, 0.6],
  [960, 0.4],
  [720, 0.45],
  [560, 0.45],
  [420, 0.45],
  [320, 0.4],
  [200, 0.4],
];
/** As the server takes it (`messages/drawing.py`). */
const MOST_BASE64 = 40_000;

/** Base64; null if it cannot be made small enough. */
export function smallJpeg(picture: HTMLCanvasElement): string | null {
  for (const [side, quality] of TRIES) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const small = document.createElement("canvas");
    small.width = Math.round(picture.width * scale);
    small.height = Math.round(picture.height * scale);
    small.getContext("2d")?.drawImage(picture, 0, 0, small.width, small.height);
    const base64 = small.toDataURL("image/jpeg", quality).split(",")[1] ?? "";
    if (base64.length >= 8 && base64.length <= MOST_BASE64) return base64;
  }
  return null;
}
