import { expect, test } from "vitest";

import { FIRST_VIEW, type CallView } from "@/rtc/call-view";
import type { LocalMediaState } from "@/rtc/local-media";
import type { LinkLevel, PictureState } from "@/rtc/messages";

import { adviceOf, obstacleOf, type Circumstances } from "./hints";

const MEDIA = { camera: "on", microphone: "on", busy: false } as LocalMediaState;
const LIVE: CallView = { ...FIRST_VIEW, phase: { name: "live" }, participantId: "me" };

function circumstances(change: Partial<Circumstances>): Circumstances {
  return {
    view: LIVE,
    media: MEDIA,
    online: true,
    nowMs: 100_000,
    openedAtMs: 95_000,
    inspectorHere: true,
    inspectorAway: false,
    ...change,
  };
}

function on(level: LinkLevel, picture: Partial<PictureState> = {}): CallView {
  const figures = { bitrate_bps: 1, loss_percent: 9, rtt_ms: 400, width: 1, height: 1, frames_per_second: 1, playout_delay_ms: 0 };
  const whole: PictureState = {
    short_side_px: 720,
    frames_per_second: 30,
    still_interval_s: 0,
    reason: "full",
    preference: "balanced",
  };
  return { ...LIVE, quality: { me: { participant_id: "me", source: "camera", level, ...figures, picture: { ...whole, ...picture } } } };
}

const poor = on("poor");

test.each<[string, Partial<Circumstances>, unknown]>([
  ["all well", {}, null],
  ["connecting", { view: FIRST_VIEW }, { name: "joining", long: false }],
  ["connecting for long", { view: FIRST_VIEW, nowMs: 120_000 }, { name: "joining", long: true }],
  ["no network at all", { view: FIRST_VIEW, online: false }, { name: "offline" }],
  [
    "reconnecting for 7 s",
    { view: { ...LIVE, phase: { name: "reconnecting", sinceMs: 93_000 } } },
    { name: "reconnecting", seconds: 7 },
  ],
  ["WebSockets refused", { view: { ...FIRST_VIEW, socketRefused: true } }, { name: "socketRefused" }],
  [
    "no space for another call",
    { view: { ...FIRST_VIEW, notice: { code: "spool_full", params: {} } } },
    { name: "spoolFull" },
  ],
])("in the way: %s", (_name, change, expected) => {
  expect(obstacleOf(circumstances(change))).toEqual(expected);
});

test.each<[string, Partial<Circumstances>, unknown]>([
  ["all well", {}, null],
  ["silenced by the inspector", { media: { ...MEDIA, microphone: "muted", silenced: true } }, { name: "silencedHint" }],
  ["no codec in common", { view: { ...LIVE, publishProblem: "no_common_codec" } }, { name: "noCodec" }],
  ["camera taken by a call", { media: { ...MEDIA, camera: "taken" } }, { name: "cameraTaken" }],
  ["camera gone", { media: { ...MEDIA, camera: "unavailable" } }, { name: "cameraTaken" }],
  ["camera just being turned", { media: { ...MEDIA, camera: "unavailable", busy: true } }, null],
  ["muted", { media: { ...MEDIA, microphone: "muted" } }, { name: "mutedHint" }],
  ["nobody there yet", { inspectorHere: false }, { name: "waiting" }],
  ["inspector's network broke off", { inspectorAway: true }, { name: "away" }],
  ["weak network", { view: poor }, { name: "poorHint" }],
  ["stills only", { view: on("poor", { reason: "network", still_interval_s: 8 }) }, { name: "stillHint" }],
  ["a smaller picture", { view: on("fair", { reason: "network", short_side_px: 360 }) }, { name: "slowHint" }],
  ["about to come back", { view: on("fair", { reason: "recovering" }) }, { name: "slowHint" }],
  ["the inspector wants details", { view: on("good", { preference: "sharp" }) }, { name: "sharpHint" }],
  ["weak network, but muted matters more", { view: poor, media: { ...MEDIA, microphone: "muted" } }, { name: "mutedHint" }],
])("advice: %s", (_name, change, expected) => {
  expect(adviceOf(circumstances(change))).toEqual(expected);
});
