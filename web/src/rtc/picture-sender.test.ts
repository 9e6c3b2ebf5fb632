import { beforeEach, describe, expect, test } from "vitest";

import { FACE_CAMERA, SITE_CAMERA, type SendingProfile } from "./devices";
import { PictureSender, type PictureLimit } from "./picture-sender";
import { FakeClock, settle } from "./testing/fake-clock";
import { FakeSender } from "./testing/fake-peer";

const LANDSCAPE = { getSettings: () => ({ width: 1280, height: 720 }) };
const PORTRAIT = { getSettings: () => ({ width: 720, height: 1280 }) };

let clock: FakeClock;
let video: FakeSender;
let audio: FakeSender;

beforeEach(() => {
  clock = new FakeClock();
  video = new FakeSender(LANDSCAPE);
  audio = new FakeSender({});
});

function sender(profile: SendingProfile = SITE_CAMERA): PictureSender {
  const of = (fake: FakeSender) => fake as unknown as RTCRtpSender;
  return new PictureSender({ clock, profile, video: of(video), audio: of(audio) });
}

function limit(change: Partial<PictureLimit> = {}): PictureLimit {
  return { short_side_px: 360, frames_per_second: 15, still_interval_s: 0, audio_bps: 0, ...change };
}

function encoding(): Record<string, unknown> {
  return video.parameters.encodings[0] ?? {};
}

describe("a moving picture", () => {
  test.each([
    ["as it is", LANDSCAPE, 720, 1],
    ["half as large", LANDSCAPE, 360, 2],
    ["upright, half as large", PORTRAIT, 360, 2],
    ["never larger than the camera's", LANDSCAPE, 1080, 1],
  ])("is %s", async (_name, track, short_side_px, scale) => {
    video.track = track;
    sender().apply(limit({ short_side_px }));
    await settle();
    expect(encoding()).toMatchObject({ scaleResolutionDownBy: scale, maxFramerate: 15, active: true });
  });

  test("never exceeds the profile", async () => {
    video.track = { getSettings: () => ({ width: 640, height: 360 }) };
    sender(FACE_CAMERA).apply(limit({ short_side_px: 720, frames_per_second: 30 }));
    await settle();
    expect(encoding()).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 15, maxBitrate: 300_000 });
  });

  test("of another camera is scaled by that camera's size", async () => {
    const picture = sender();
    picture.apply(limit());
    video.track = { getSettings: () => ({ width: 1920, height: 1080 }) };
    picture.trackChanged();
    await settle();
    expect(encoding()).toMatchObject({ scaleResolutionDownBy: 3 });
  });

  test("leaves no step to a browser that would take its own, as far as that browser can be told", async () => {
    video.refused = ["maintain-framerate-and-resolution"];
    const picture = sender();
    picture.apply(null);
    await settle();
    expect(video.parameters.degradationPreference).toBe("maintain-resolution");
    video.refused = ["maintain-framerate-and-resolution", "maintain-resolution", ""];
    picture.apply(limit());
    await settle();
    expect(encoding()).toMatchObject({ maxFramerate: 30 });
  });
});

describe("stills", () => {
  test("one picture and then none, again and again", async () => {
    sender().apply(limit({ still_interval_s: 8, frames_per_second: 1 }));
    await clock.advance(20_000);
    const switched = video.history.map((one) => one.encodings[0]?.["active"]).filter((active) => active !== undefined);
    expect(switched).toEqual([true, false, true, false, true, false]);
  });

  test("are small enough for a network that hardly carries them beside the sound", async () => {
    const picture = sender();
    picture.apply(limit({ still_interval_s: 3 }));
    await settle();
    expect(encoding()).toMatchObject({ maxBitrate: 30_000 });
    picture.apply(limit());
    await clock.advance(1000);
    expect(encoding()).toMatchObject({ maxBitrate: SITE_CAMERA.maxBitrateBps });
  });

  test("end at once when the picture may move again", async () => {
    const picture = sender();
    picture.apply(limit({ still_interval_s: 8 }));
    await clock.advance(3000);
    expect(encoding()).toMatchObject({ active: false });
    picture.apply(limit());
    await clock.advance(30_000);
    expect(encoding()).toMatchObject({ active: true, maxFramerate: 15 });
  });

  test("end with the connection", async () => {
    const picture = sender();
    picture.apply(limit({ still_interval_s: 8 }));
    await clock.advance(3000);
    const before = video.history.length;
    picture.close();
    await clock.advance(30_000);
    expect(video.history).toHaveLength(before);
  });
});

test("speech takes less where every bit counts, and what it likes again afterwards", async () => {
  const picture = sender();
  picture.apply(limit({ audio_bps: 16_000 }));
  await settle();
  expect(audio.parameters.encodings).toEqual([{ maxBitrate: 16_000 }]);
  picture.apply(limit());
  await settle();
  expect(audio.parameters.encodings).toEqual([{}]);
});
