/**
 * One picture out of a live video: in the full size in which it came, with the moment that it shows.
 *
 * A video that stands still (a lost network, one picture every few seconds on a weak one) shows an old moment. So the
 * browser's news of each frame are followed from the start, and a still is dated by the frame that is really in sight.
 */

export interface Frame {
  picture: HTMLCanvasElement;
  /** Milliseconds since 1970 by the server's clock. */
  takenAtMs: number;
}

/** What the browser tells of a frame (W3C HTMLVideoElement.requestVideoFrameCallback); times as performance.now(). */
export interface FrameNews {
  /** When the camera took it, where the browser can tell. */
  captureTime?: number;
  /** When its last packet was here. */
  receiveTime?: number;
  /** When it was given to the screen. */
  presentationTime: number;
}

/** Older than this is no estimate of a live picture but a fault of the estimate. */
const MAX_AGE_MS = 60_000;

const newest = new WeakMap<HTMLVideoElement, FrameNews>();

/** Remembers of each frame when it is from, until the returned function is called. */
export function followFrames(video: HTMLVideoElement): () => void {
  // Firefox before 132 and older WeChat engines lack it; stills are then dated by the moment of the key.
  if (!("requestVideoFrameCallback" in video)) return () => undefined;
  let request = video.requestVideoFrameCallback(function next(_now, news) {
    newest.set(video, news);
    request = video.requestVideoFrameCallback(next);
  });
  return () => {
    video.cancelVideoFrameCallback(request);
    newest.delete(video);
  };
}

/** What is in sight now; null while there is no picture. `clockOffsetMs`: added to the device's clock gives the server's. */
export function grabFrame(video: HTMLVideoElement, clockOffsetMs: number): Frame | null {
  const { videoWidth: width, videoHeight: height } = video;
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [width, height];
  const pen = picture.getContext("2d");
  if (pen === null || width === 0 || height === 0) return null;
  pen.drawImage(video, 0, 0);
  const ageMs = ageOf(newest.get(video) ?? null, performance.now());
  return { picture, takenAtMs: Date.now() - ageMs + clockOffsetMs };
}

/** How old a frame is. The camera's own time, if told, else when it arrived, else when it was shown. */
export function ageOf(news: FrameNews | null, nowMs: number): number {
  if (news === null) return 0;
  const since = [news.captureTime, news.receiveTime, news.presentationTime].find(
    (time) => time !== undefined && time <= nowMs && nowMs - time < MAX_AGE_MS,
  );
  return since === undefined ? 0 : nowMs - since;
}

/** High enough that edges and small print stay; a PNG of a photo is five times larger and no truer to a video frame. */
const JPEG_QUALITY = 0.92;

/** The picture as a file. */
export function jpegOf(picture: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    picture.toBlob(
      (blob) => (blob === null ? reject(new DOMException("The picture cannot be encoded", "EncodingError")) : resolve(blob)),
      "image/jpeg",
      JPEG_QUALITY,
    );
  });
}

/** A small copy to be shown at once. */
export function thumbnailOf(picture: CanvasImageSource & { width: number; height: number }, longerSide = 320): string {
  const scale = Math.min(1, longerSide / Math.max(picture.width, picture.height));
  const small = document.createElement("canvas");
  small.width = Math.max(1, Math.round(picture.width * scale));
  small.height = Math.max(1, Math.round(picture.height * scale));
  small.getContext("2d")?.drawImage(picture, 0, 0, small.width, small.height);
  return small.toDataURL("image/jpeg", 0.8);
}
