/** What may be chosen on the phone, told before anything is sent. The server looks into the file again. */

const MEBIBYTE = 1024 * 1024;
const MAX_BYTES = { photo: 30 * MEBIBYTE, document: 30 * MEBIBYTE, clip: 200 * MEBIBYTE } as const;
/** A little over what is asked for: people cannot stop to the second. */
const MAX_CLIP_S = 33;

export type Sendable = keyof typeof MAX_BYTES;

/** Named one by one: an iPhone then hands its HEIC photos over as JPEG. */
export const ACCEPTED = { photo: "image/jpeg,image/png,image/webp", document: "image/jpeg,image/png,image/webp,application/pdf", clip: "video/*" };

/** Code of what is wrong with a file, or null. */
export async function problemWith(file: Blob, kind: Sendable): Promise<string | null> {
  if (file.size === 0) return "file_damaged";
  if (file.size > MAX_BYTES[kind]) return "file_too_large";
  if (/heic|heif|avif|gif/.test(file.type)) return "file_type_refused";
  if (kind === "clip" && (await durationOf(file)) > MAX_CLIP_S) return "clip_too_long";
  return null;
}

/** In seconds; 0 where the browser cannot tell. */
function durationOf(file: Blob): Promise<number> {
  return new Promise((resolve) => {
    const video = document.createElement("video");
    const address = URL.createObjectURL(file);
    const tell = (seconds: number): void => {
      URL.revokeObjectURL(address);
      resolve(Number.isFinite(seconds) ? seconds : 0);
    };
    video.onloadedmetadata = () => tell(video.duration);
    video.onerror = () => tell(0);
    video.preload = "metadata";
    video.src = address;
  });
}
