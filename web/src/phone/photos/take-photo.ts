/**
 * A photo by the camera that is sending: at the sensor's full resolution where the browser can (W3C ImageCapture),
 * else the frame of the moment. Null where neither works; the person then takes it with the phone's own camera.
 */
import { jpegOf } from "@/features/evidence/frame";

/** Some phones never answer while the camera is in use. */
const PATIENCE_MS = 4000;

interface Capturing {
  takePhoto: () => Promise<Blob>;
}
declare const ImageCapture: undefined | (new (track: MediaStreamTrack) => Capturing);

export async function takePhoto(track: MediaStreamTrack): Promise<Blob | null> {
  return (await attempt(() => sensorPhoto(track))) ?? (await attempt(() => framePhoto(track)));
}

async function attempt(take: () => Promise<Blob | null>): Promise<Blob | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([take(), tooLong]);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function sensorPhoto(track: MediaStreamTrack): Promise<Blob | null> {
  if (typeof ImageCapture === "undefined") return null;
  return await new ImageCapture(track).takePhoto();
}

async function framePhoto(track: MediaStreamTrack): Promise<Blob | null> {
  const video = document.createElement("video");
  video.muted = video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await video.play();
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [video.videoWidth, video.videoHeight];
    picture.getContext("2d")?.drawImage(video, 0, 0);
    return picture.width > 0 ? await jpegOf(picture) : null;
  } finally {
    video.srcObject = null;
  }
}
