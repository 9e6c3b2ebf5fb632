import { beforeEach, expect, test } from "vitest";

import { FACE_CAMERA, SITE_CAMERA, type SendingProfile } from "./devices";
import { LocalMedia } from "./local-media";
import { FakeClock, settle } from "./testing/fake-clock";
import { FakeDevices, fakeStream } from "./testing/fake-devices";

let clock: FakeClock;
let devices: FakeDevices;

beforeEach(() => {
  clock = new FakeClock();
  devices = new FakeDevices();
});

function media(profile: SendingProfile): LocalMedia {
  return new LocalMedia({ clock, profile, devices, createStream: fakeStream });
}

test("opens the rear camera for the site and says that the text in the picture matters", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  expect(phone.state.value).toMatchObject({ camera: "on", microphone: "on", facing: "environment" });
  expect(devices.cameras[0]?.contentHint).toBe("motion");
});

test("a refusal is told and not asked about twice", async () => {
  devices.refused.set("video", "NotAllowedError");
  const phone = media(SITE_CAMERA);
  await expect(phone.open()).rejects.toMatchObject({ kind: "camera", problem: "denied" });
  expect(devices.opened).toHaveLength(0);
});

test("without a microphone the camera is used alone", async () => {
  devices.refused.set("audio", "NotFoundError");
  const phone = media(SITE_CAMERA);
  await phone.open();
  expect(phone.state.value).toMatchObject({
    camera: "on",
    microphone: "unavailable",
    microphoneProblem: "not_found",
    cameraProblem: null,
  });
});

test("the site cannot be shown without a camera", async () => {
  devices.refused.set("video", "NotReadableError");
  await expect(media(SITE_CAMERA).open()).rejects.toMatchObject({ kind: "camera", problem: "in_use" });
});

test("an inspector without a camera is heard all the same", async () => {
  devices.refused.set("video", "NotFoundError");
  const laptop = media(FACE_CAMERA);
  await laptop.open();
  expect(laptop.state.value).toMatchObject({ camera: "unavailable", microphone: "on", cameraProblem: "not_found" });
});

test("muting keeps the devices open and silent", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  phone.setMicrophoneMuted(true);
  expect(phone.state.value.microphone).toBe("muted");
  expect(phone.state.value.audioTrack).toMatchObject({ enabled: false, readyState: "live" });
  phone.setMicrophoneMuted(false);
  expect(phone.state.value.audioTrack).toMatchObject({ enabled: true });
});

test("turning the camera closes the old one first, for phones cannot open two", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  await phone.turnCamera();
  expect(devices.cameras.map((track) => track.readyState)).toEqual(["ended", "live"]);
  expect(phone.state.value.facing).toBe("user");
  await phone.turnCamera();
  expect(phone.state.value.facing).toBe("environment");
});

test("a camera that cannot be turned to stays as it was", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  devices.refusedOnce = "NotFoundError";
  await expect(phone.turnCamera()).rejects.toMatchObject({ problem: "not_found" });
  expect(phone.state.value).toMatchObject({ camera: "on", facing: "environment", busy: false });
});

test("a new track is as muted as the one before", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  phone.setCameraMuted(true);
  await phone.turnCamera();
  expect(phone.state.value.camera).toBe("muted");
  expect(phone.state.value.videoTrack).toMatchObject({ enabled: false });
});

test("what a phone call took is opened again when it is over", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  phone.setHidden(true);
  expect(phone.state.value.camera).toBe("background");
  devices.cameras[0]?.take();
  await clock.advance(30_000);
  expect(devices.cameras).toHaveLength(1);
  phone.setHidden(false);
  await clock.advance(1500);
  await settle();
  expect(devices.cameras).toHaveLength(2);
  expect(phone.state.value.camera).toBe("on");
});

test("a track that is muted for a moment only is left alone", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  const camera = devices.cameras[0];
  camera?.take();
  expect(phone.state.value.camera).toBe("taken");
  if (camera !== undefined) camera.muted = false;
  camera?.onunmute?.();
  await clock.advance(10_000);
  expect(devices.cameras).toHaveLength(1);
  expect(phone.state.value.camera).toBe("on");
});

test("what a phone call keeps for long is tried again until it is there, without a tap", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  devices.refused.set("video", "NotReadableError");
  devices.cameras[0]?.take();
  await clock.advance(30_000);
  expect(phone.state.value).toMatchObject({ camera: "taken", microphone: "on" });
  devices.refused.clear();
  await clock.advance(5000);
  expect(phone.state.value.camera).toBe("on");
  await clock.advance(60_000);
  expect(devices.cameras).toHaveLength(2);
});

test("a phone call to which its person turns is not told as the background", async () => {
  const phone = media(SITE_CAMERA);
  await phone.open();
  devices.cameras[0]?.take();
  phone.setHidden(true);
  expect(phone.state.value).toMatchObject({ camera: "taken", microphone: "on" });
  phone.setHidden(false);
  await clock.advance(1500);
  phone.setHidden(true);
  expect(phone.state.value.camera).toBe("background");
});

test("closing stops every device, even one that opens too late", async () => {
  const phone = media(SITE_CAMERA);
  const opening = phone.open();
  phone.close();
  await opening;
  expect(devices.opened.map((track) => track.readyState)).toEqual(["ended", "ended"]);
});

test("who is silenced by an inspector sends no sound, and has their own choice back afterwards", async () => {
  const laptop = media(FACE_CAMERA);
  await laptop.open();
  const sound = devices.opened.find((track) => track.kind === "audio");
  laptop.setSilenced(true);
  expect(laptop.state.value).toMatchObject({ microphone: "muted", silenced: true, camera: "on" });
  expect(sound?.enabled).toBe(false);
  laptop.setMicrophoneMuted(false);
  expect(sound?.enabled).toBe(false);
  laptop.setSilenced(false);
  expect(laptop.state.value).toMatchObject({ microphone: "on", silenced: false });
  expect(sound?.enabled).toBe(true);
  laptop.setMicrophoneMuted(true);
  laptop.setSilenced(true);
  laptop.setSilenced(false);
  expect(laptop.state.value.microphone).toBe("muted");
});

test("the devices that were chosen before are used where they are plugged in, else others", async () => {
  devices.plugged = ["usb-camera"];
  const preferred = { cameraId: "usb-camera", microphoneId: "headset" };
  const laptop = new LocalMedia({ clock, profile: FACE_CAMERA, devices, createStream: fakeStream, preferred });
  await laptop.open();
  expect(laptop.state.value).toMatchObject({ cameraId: "usb-camera", microphoneId: "audio-device" });
  // A wish alone may lose against another camera whose picture fits better.
  expect(devices.cameras[0]?.asked.deviceId).toEqual({ exact: "usb-camera" });
});

test("a camera that is pulled out is replaced by another one, and said so until it is read", async () => {
  devices.plugged = ["usb-camera", "video-device", "audio-device"];
  const laptop = media(FACE_CAMERA);
  await laptop.open();
  await laptop.chooseCamera("usb-camera");
  devices.plugged = ["video-device", "audio-device"];
  devices.cameras.at(-1)?.unplug();
  await clock.advance(1500);
  await settle();
  expect(laptop.state.value).toMatchObject({ camera: "on", cameraId: "video-device" });
  expect(laptop.state.value.unplugged).toEqual({ kind: "camera", label: "usb-camera", instead: "video-device" });
  laptop.noteRead();
  expect(laptop.state.value.unplugged).toBeNull();
});

test("the only microphone pulled out leaves none, and a device that somebody else has is not called unplugged", async () => {
  devices.plugged = ["video-device"];
  const laptop = media(FACE_CAMERA);
  await laptop.open();
  devices.refused.set("audio", "NotFoundError");
  devices.cameras[0]?.take();
  devices.opened.find((track) => track.kind === "audio")?.unplug();
  await clock.advance(1500);
  await settle();
  expect(laptop.state.value).toMatchObject({ microphone: "unavailable", camera: "on" });
  expect(laptop.state.value.unplugged).toEqual({ kind: "microphone", label: "audio-device", instead: null });
});
