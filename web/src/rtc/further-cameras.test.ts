import { beforeEach, expect, test } from "vitest";

import { SITE_CAMERA } from "./devices";
import { FurtherCameras } from "./further-cameras";
import { LocalMedia } from "./local-media";
import type { SentMedia } from "./publishing";
import { FakeClock, settle } from "./testing/fake-clock";
import { FakeDevices, fakeStream } from "./testing/fake-devices";

let clock: FakeClock;
let devices: FakeDevices;
let media: LocalMedia;
let sent: Map<string, SentMedia>;
let refuse: (code: string) => void;
let cameras: FurtherCameras;

beforeEach(async () => {
  clock = new FakeClock();
  devices = new FakeDevices();
  devices.plugged = ["video-device", "front"];
  media = new LocalMedia({ clock, profile: SITE_CAMERA, devices, createStream: fakeStream });
  await media.open();
  await settle();
  sent = new Map();
  const call = {
    addCamera: (source: string, added: SentMedia, onRefused: (code: string) => void) => {
      sent.set(source, added);
      refuse = onRefused;
    },
    removeCamera: (source: string) => sent.delete(source),
  };
  cameras = new FurtherCameras({ clock, call, media, devices, createStream: fakeStream });
});

function sources(): string[] {
  return cameras.state.value.cameras.map((one) => one.source);
}

test("the other side of a phone is sent beside the first camera, without sound", async () => {
  await cameras.addOtherSide();
  expect(devices.cameras[1]?.asked).toMatchObject({ facingMode: { exact: "user" }, width: { ideal: 1280 } });
  expect(devices.opened).toHaveLength(3);
  expect([...sent.keys()]).toEqual(["camera-2"]);
  expect(sent.get("camera-2")?.state.value).toMatchObject({ camera: "on", microphone: "off", audioTrack: null });
  expect(media.state.value.camera).toBe("on");
});

test("where no camera looks the other way any other one does", async () => {
  devices.refusedOnce = "OverconstrainedError";
  await cameras.addOtherSide();
  expect(devices.cameras[1]?.asked).toMatchObject({ deviceId: { exact: "front" } });
  expect(sources()).toEqual(["camera-2"]);
});

test("a device with one camera says so and asks for nothing", async () => {
  devices.plugged = ["video-device"];
  media.devicesChanged();
  await settle();
  await cameras.addOtherSide();
  expect(cameras.state.value).toMatchObject({ cameras: [], problem: "none_left", busy: false });
  expect(devices.cameras).toHaveLength(1);
});

test("a device that refuses a second camera goes on with the first one", async () => {
  devices.refusedOnce = "NotReadableError";
  await cameras.addOtherSide();
  expect(cameras.state.value).toMatchObject({ cameras: [], problem: "one_at_a_time", busy: false });
  expect(media.state.value.camera).toBe("on");
});

test("a second camera that takes the first one away is given back, and the first one returns", async () => {
  await cameras.addOtherSide();
  devices.cameras[0]?.take();
  await clock.advance(2000);
  expect(cameras.state.value).toMatchObject({ cameras: [], problem: "one_at_a_time" });
  expect(sent.size).toBe(0);
  expect(devices.cameras[1]?.readyState).toBe("ended");
  expect(media.state.value.camera).toBe("on");
});

test("a phone call later on takes the first one only for a while, and the second stays", async () => {
  await cameras.addOtherSide();
  await clock.advance(5000);
  devices.cameras[0]?.take();
  await clock.advance(2000);
  expect(sources()).toEqual(["camera-2"]);
  expect(media.state.value.camera).toBe("on");
});

test("one that the server does not take is given back with a word", async () => {
  await cameras.addOtherSide();
  refuse("too_many_cameras");
  expect(cameras.state.value).toMatchObject({ cameras: [], problem: "refused" });
  expect(devices.cameras[1]?.readyState).toBe("ended");
});

test("removed, its camera goes off, and it can be added again", async () => {
  await cameras.addOtherSide();
  cameras.remove("camera-2");
  expect(sent.size).toBe(0);
  expect(devices.cameras[1]?.readyState).toBe("ended");
  await cameras.addOtherSide();
  expect(sources()).toEqual(["camera-2"]);
});

test("one that another app has is tried again until it is given back", async () => {
  await cameras.addOtherSide();
  await clock.advance(5000);
  devices.refused.set("video", "NotReadableError");
  devices.cameras[1]?.take();
  await clock.advance(20_000);
  expect(sent.get("camera-2")?.state.value.camera).toBe("taken");
  devices.refused.clear();
  await clock.advance(5000);
  expect(sent.get("camera-2")?.state.value.camera).toBe("on");
});

test("one that was unplugged is opened again", async () => {
  await cameras.addOtherSide();
  const second = devices.cameras[1];
  second?.stop();
  second?.onended?.();
  expect(sent.get("camera-2")?.state.value.camera).toBe("unavailable");
  await clock.advance(2000);
  expect(sent.get("camera-2")?.state.value.camera).toBe("on");
  expect(devices.cameras).toHaveLength(3);
});
