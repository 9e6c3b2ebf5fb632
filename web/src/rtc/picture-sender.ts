/**
 * Makes what is sent on one connection what the server asks for: size and frame rate of the picture, or single stills.
 *
 * The bitrate is the server's REMB; here it is only kept below the profile's maximum. Changes go one after the other,
 * for browsers refuse parameters that were read before another change. What a browser cannot do is left out.
 */

import type { Clock } from "./clock";
import type { SendingProfile } from "./devices";
import type { Picture } from "./messages";

export type PictureLimit = Omit<Picture, "type" | "connection">;

type Parameters = Omit<RTCRtpSendParameters, "degradationPreference"> & { degradationPreference?: string };

export interface PictureSenderOptions {
  clock: Clock;
  profile: SendingProfile;
  video: RTCRtpSender | null;
  audio: RTCRtpSender | null;
}

/** The server steps down on purpose; a browser that did so by itself would work against it. Newest first. */
const DEGRADATION_PREFERENCES = ["maintain-framerate-and-resolution", "maintain-resolution"] as const;

/** A still leaves within a few hundred milliseconds of being asked for, if the camera runs. */
const STILL_AT_MOST_MS = 2000;
const LOOK_EVERY_MS = 50;
/** Goes through the narrowest network that is held to, beside the sound; more would stand in front of the sound. */
const STILL_MAX_BPS = 30_000;
/** While it can still be asked for again; a few more pictures refine it meanwhile. */
const REPAIRABLE_MS = 900;

export class PictureSender {
  private limit: PictureLimit | null = null;
  private degradation: readonly string[] = DEGRADATION_PREFERENCES;
  private lastChange: Promise<void> = Promise.resolve();
  private cancelStill: (() => void) | null = null;
  private closed = false;

  constructor(private readonly options: PictureSenderOptions) {}

  /** Sends at most this from now on; null: all that the profile allows. */
  apply(limit: PictureLimit | null): void {
    const { video, audio } = this.options;
    this.limit = limit;
    this.cancelStill?.();
    this.cancelStill = null;
    if (audio !== null) this.change(() => this.setAudio(audio, limit?.audio_bps ?? 0));
    if (video === null) return;
    this.change(() => this.setVideo(video, isStill(limit) ? null : true));
    if (isStill(limit)) this.change(() => this.takeStill(video, limit));
  }

  /** Another camera has another size. */
  trackChanged(): void {
    this.apply(this.limit);
  }

  /** When the browser has taken, or refused, what was applied so far. */
  settled(): Promise<void> {
    return this.lastChange;
  }

  close(): void {
    this.closed = true;
    this.cancelStill?.();
  }

  private change(step: () => Promise<void>): void {
    this.lastChange = this.lastChange.then(async () => {
      if (!this.closed) await step();
    });
  }

  private async takeStill(video: RTCRtpSender, limit: PictureLimit): Promise<void> {
    if (this.limit !== limit) return;
    const { clock } = this.options;
    const startedAt = clock.now();
    const before = await framesEncoded(video);
    await this.setVideo(video, true);
    for (let waited = 0; waited < STILL_AT_MOST_MS && this.limit === limit; waited += LOOK_EVERY_MS) {
      if ((await framesEncoded(video)) > before) break;
      await this.passed(LOOK_EVERY_MS);
    }
    if (this.limit === limit) await this.passed(REPAIRABLE_MS);
    if (this.limit !== limit || this.closed) return;
    await this.setVideo(video, false);
    const left = startedAt + limit.still_interval_s * 1000 - clock.now();
    this.cancelStill = clock.after(Math.max(0, left), () => this.change(() => this.takeStill(video, limit)));
  }

  private passed(ms: number): Promise<void> {
    return new Promise((done) => this.options.clock.after(ms, done));
  }

  /** Nothing to do in older browsers before negotiation: they have no encodings yet. Args: active — null leaves it. */
  private async setVideo(sender: RTCRtpSender, active: boolean | null): Promise<void> {
    const parameters: Parameters = sender.getParameters();
    if (parameters.encodings.length === 0) return;
    const { profile } = this.options;
    for (const encoding of parameters.encodings) {
      encoding.maxBitrate = isStill(this.limit) ? STILL_MAX_BPS : profile.maxBitrateBps;
      encoding.maxFramerate = Math.min(profile.framesPerSecond, this.limit?.frames_per_second ?? Infinity);
      encoding.scaleResolutionDownBy = this.scale(sender.track);
      if (active !== null) encoding.active = active;
    }
    const [preference] = this.degradation;
    if (preference !== undefined) parameters.degradationPreference = preference;
    try {
      // The DOM's types do not know the newest preference yet.
      await sender.setParameters(parameters as RTCRtpSendParameters);
    } catch {
      // Browsers refuse preferences that they do not know, and closed connections everything.
      if (this.closed || preference === undefined) return;
      this.degradation = this.degradation.slice(1);
      await this.setVideo(sender, active);
    }
  }

  private scale(track: MediaStreamTrack | null): number {
    if (this.limit === null || track === null) return 1;
    const { width, height } = track.getSettings();
    const shortSide = Math.min(width ?? this.options.profile.width, height ?? this.options.profile.height);
    return Math.max(1, shortSide / this.limit.short_side_px);
  }

  private async setAudio(sender: RTCRtpSender, bitrateBps: number): Promise<void> {
    const parameters = sender.getParameters();
    if (parameters.encodings.every((encoding) => (encoding.maxBitrate ?? 0) === bitrateBps)) return;
    for (const encoding of parameters.encodings) {
      if (bitrateBps > 0) encoding.maxBitrate = bitrateBps;
      else delete encoding.maxBitrate;
    }
    await sender.setParameters(parameters).catch(() => undefined);
  }
}

function isStill(limit: PictureLimit | null): limit is PictureLimit {
  return limit !== null && limit.still_interval_s > 0;
}

async function framesEncoded(sender: RTCRtpSender): Promise<number> {
  let frames = 0;
  for (const report of (await sender.getStats()).values() as Iterable<Record<string, unknown>>) {
    if (report["type"] === "outbound-rtp") frames += Number(report["framesEncoded"] ?? 0);
  }
  return frames;
}
