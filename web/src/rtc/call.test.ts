import { beforeEach, expect, test } from "vitest";

import { Call } from "./call";
import { SITE_CAMERA } from "./devices";
import { FurtherCamera } from "./further-camera";
import { LocalMedia } from "./local-media";
import { FakeClock, settle } from "./testing/fake-clock";
import { FakeDevices, fakeStream } from "./testing/fake-devices";
import { FakePeer } from "./testing/fake-peer";
import { FakeSocket, WELCOME } from "./testing/fake-socket";

let clock: FakeClock;
let sockets: FakeSocket[];
let peers: FakePeer[];
let devices: FakeDevices;
let media: LocalMedia;
let call: Call;

/** Collects tracks as a MediaStream does. */
function collectingStream(): MediaStream {
  const tracks = new Set<unknown>();
  const stream = {
    getTracks: () => [...tracks],
    addTrack: (track: unknown) => tracks.add(track),
    removeTrack: (track: unknown) => tracks.delete(track),
  };
  return stream as unknown as MediaStream;
}

beforeEach(async () => {
  clock = new FakeClock();
  sockets = [];
  peers = [];
  devices = new FakeDevices();
  media = new LocalMedia({ clock, profile: SITE_CAMERA, devices, createStream: fakeStream });
  await media.open();
  call = new Call({
    environment: {
      clock,
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      createPeer: () => {
        const peer = new FakePeer();
        peers.push(peer);
        return peer as unknown as RTCPeerConnection;
      },
      createStream: collectingStream,
      videoCapabilities: () => [],
      device: "",
    },
    requestTicket: () => Promise.resolve("ticket"),
  });
  call.setMedia(media);
});

function at<T>(list: readonly T[], index: number): T {
  const one = list[index < 0 ? list.length + index : index];
  if (one === undefined) throw new Error(`nothing at ${index}`);
  return one;
}

async function enter(): Promise<FakeSocket> {
  call.start();
  await settle();
  const socket = at(sockets, -1);
  socket.accept();
  socket.say(WELCOME);
  await settle();
  return socket;
}

/** Enters, and lets both connections come about. */
async function live(): Promise<FakeSocket> {
  const socket = await enter();
  socket.say({ type: "publish_answer", connection: "p1", sdp: "answer" });
  await settle();
  at(peers, 0).connect();
  return socket;
}

function phase(): string {
  return call.view.value.phase.name;
}

test("tells its devices, publishes and watches, and is live when its picture gets through", async () => {
  const socket = await enter();
  expect(socket.sent.slice(1)).toEqual([
    { type: "media_state", source: "camera", camera: "on", microphone: "on" },
    { type: "watch", id: "setup", connection: "w2" },
    { type: "publish", id: "setup", connection: "p1", sdp: "own offer", source: "camera" },
  ]);
  expect(phase()).toBe("joining");
  socket.say({ type: "publish_answer", connection: "p1", sdp: "answer" });
  await settle();
  at(peers, 0).connect();
  expect(phase()).toBe("live");
});

test("asks for the whole picture before there is an answer: the first is encoded as soon as there is one", async () => {
  await enter();
  const video = at(at(peers, 0).senders, 1);
  expect(video.parameters.degradationPreference).toBe("maintain-framerate-and-resolution");
});

test("sends all that the profile allows, and steps down when the server says so", async () => {
  const socket = await live();
  const video = at(at(peers, 0).senders, 1);
  expect(video.parameters).toEqual({
    degradationPreference: "maintain-framerate-and-resolution",
    encodings: [{ active: true, maxBitrate: 3_000_000, maxFramerate: 30, scaleResolutionDownBy: 1 }],
  });
  socket.say({ type: "picture", connection: "p1", short_side_px: 360, frames_per_second: 15, still_interval_s: 0, audio_bps: 0 });
  await settle();
  expect(video.parameters.encodings[0]).toMatchObject({ maxFramerate: 15, scaleResolutionDownBy: 2 });
});

test("sound that comes back from a phone call comes on a new connection, for its clock stood still", async () => {
  const socket = await live();
  const microphone = devices.opened.find((track) => track.kind === "audio");
  microphone?.take();
  await settle();
  expect(socket.ofType("publish")).toHaveLength(1);
  if (microphone) microphone.muted = false;
  microphone?.onunmute?.();
  await settle();
  expect(socket.ofType("publish")).toHaveLength(2);
});

test("another microphone is heard on a new connection, another camera is seen on the present one", async () => {
  const socket = await live();
  await media.chooseCamera("other");
  await settle();
  expect(socket.ofType("publish")).toHaveLength(1);
  await media.chooseMicrophone("other");
  await settle();
  expect(socket.ofType("publish")).toHaveLength(2);
});

test("a page that slept goes on with a new connection", async () => {
  const socket = await live();
  clock.freeze(60_000);
  await clock.advance(1_500);
  expect(socket.ofType("publish")).toHaveLength(2);
});

test("a wish for somebody's picture goes to the server", async () => {
  const socket = await live();
  call.send({ type: "prefer_picture", participant_id: "phone", preference: "sharp" });
  expect(socket.ofType("prefer_picture")).toEqual([
    { type: "prefer_picture", participant_id: "phone", preference: "sharp" },
  ]);
});

test("answers offers in order and sorts tracks by participant and camera", async () => {
  const socket = await live();
  const watch = at(peers, 1);
  watch.mids.push("0", "1", "2");
  const tracks = [
    { mid: "0", participant_id: "inspector", source: "camera", kind: "video" as const },
    { mid: "1", participant_id: "inspector", source: "camera", kind: "audio" as const },
    { mid: "2", participant_id: "inspector", source: "microscope", kind: "video" as const },
  ];
  socket.say({ type: "offer", connection: "w2", revision: 1, sdp: "offer 1", tracks });
  await settle();
  expect(socket.ofType("answer")).toEqual([
    { type: "answer", id: "setup", connection: "w2", revision: 1, sdp: "answer to offer 1" },
  ]);
  expect(call.view.value.streams.get("inspector")?.getTracks()).toHaveLength(2);
  expect(call.view.value.streams.get("inspector/microscope")?.getTracks()).toHaveLength(1);
  socket.say({ type: "offer", connection: "w2", revision: 2, sdp: "offer 2", tracks: [] });
  await settle();
  expect(call.view.value.streams.size).toBe(0);
});

test("of two offers that come at once the older is skipped or answered first, never last", async () => {
  const socket = await live();
  socket.say({ type: "offer", connection: "w2", revision: 2, sdp: "offer 2", tracks: [] });
  socket.say({ type: "offer", connection: "w2", revision: 1, sdp: "offer 1", tracks: [] });
  await settle();
  expect(socket.ofType("answer").map((message) => message["revision"])).toEqual([2]);
});

test("an outage of the network: a second connection beside the first, live again when it works", async () => {
  const socket = await live();
  await clock.advance(4000);
  at(peers, 0).alive = false;
  await clock.advance(3500);
  expect(phase()).toBe("reconnecting");
  expect(socket.ofType("publish").map((message) => message["connection"])).toEqual(["p1", "p3"]);
  at(peers, 2).connect();
  expect(phase()).toBe("live");
  await clock.advance(1000);
  expect(at(peers, 0).closed).toBe(true);
  expect(socket.ofType("close")).toEqual([{ type: "close", connection: "p1" }]);
});

test("a change of network: back on a new WebSocket and a new connection before anybody would have timed out", async () => {
  const socket = await live();
  await clock.advance(4000);
  at(peers, 0).alive = false;
  socket.answers = false;
  await clock.advance(2200);
  expect(sockets).toHaveLength(2);
  const second = at(sockets, -1);
  second.accept();
  second.say(WELCOME);
  await settle();
  expect(second.ofType("publish")).toHaveLength(1);
});

test("quiet media alone does not end a WebSocket that answers", async () => {
  await live();
  at(peers, 0).alive = false;
  await clock.advance(10_000);
  expect(sockets).toHaveLength(1);
});

test("a watch connection that came about before anybody was to be seen is not given up later", async () => {
  const socket = await live();
  const watch = at(peers, 1);
  socket.say({ type: "offer", connection: "w2", revision: 1, sdp: "offer 1", tracks: [] });
  await settle();
  watch.connect();
  watch.mids.push("0");
  const tracks = [{ mid: "0", participant_id: "inspector", source: "camera", kind: "video" as const }];
  socket.say({ type: "offer", connection: "w2", revision: 2, sdp: "offer 2", tracks });
  await clock.advance(30_000);
  expect(watch.closed).toBe(false);
  expect(socket.ofType("watch")).toHaveLength(1);
});

test("a connection that the server gave up is replaced at once", async () => {
  const socket = await live();
  socket.say({ type: "connection_lost", connection: "p1" });
  await settle();
  expect(socket.ofType("publish")).toHaveLength(2);
});

test("where only the WebSocket was lost, the own picture's connection lives on under its name", async () => {
  const socket = await live();
  await clock.advance(2000);
  socket.drop();
  expect(phase()).toBe("reconnecting");
  await clock.advance(500);
  const second = at(sockets, -1);
  second.accept();
  second.say({ ...WELCOME, window: 5 });
  await settle();
  expect(phase()).toBe("live");
  expect(second.ofType("keep")).toEqual([{ type: "keep", connection: "p1", window: 0 }]);
  expect(second.ofType("publish")).toEqual([]);
  expect(second.ofType("watch")).toHaveLength(1);
  second.say({ type: "connection_lost", connection: "p1" });
  await settle();
  expect(second.ofType("publish")).toHaveLength(1);
  at(peers, -1).connect();
  await clock.advance(1000);
  expect(at(peers, 0).closed).toBe(true);
});

test("a camera that came while there was no WebSocket gets a new connection with the next one", async () => {
  devices.refused.set("audio", "NotFoundError");
  media = new LocalMedia({ clock, profile: SITE_CAMERA, devices, createStream: fakeStream });
  await media.open();
  call.setMedia(media);
  const socket = await live();
  await clock.advance(1000);
  devices.refused.clear();
  media.recover();
  await clock.advance(1000);
  socket.drop();
  await clock.advance(1000);
  const second = at(sockets, -1);
  second.accept();
  second.say(WELCOME);
  await settle();
  expect(second.ofType("keep")).toEqual([]);
  expect(second.ofType("publish")).toHaveLength(1);
});

test("what was not heard lately is set up anew with a new WebSocket, while the old picture goes on", async () => {
  const socket = await live();
  await clock.advance(2000);
  at(peers, 0).alive = false;
  await clock.advance(1500);
  socket.drop();
  expect(phase()).toBe("reconnecting");
  expect(at(peers, 0).closed).toBe(false);
  await clock.advance(500);
  const second = at(sockets, -1);
  second.accept();
  second.say(WELCOME);
  await settle();
  expect(phase()).toBe("live");
  expect(second.ofType("publish")).toHaveLength(1);
  expect(second.ofType("watch")).toHaveLength(1);
  at(peers, -2).connect();
  await clock.advance(1000);
  expect(at(peers, 0).closed).toBe(true);
  // The server knows the old connection by another WebSocket only.
  expect(second.ofType("close")).toEqual([]);
});

test("turning the camera replaces the track on the same connection", async () => {
  const socket = await live();
  const before = devices.cameras[0];
  await media.turnCamera();
  await settle();
  expect(at(at(peers, 0).senders, 1).track).toBe(devices.cameras[1]);
  expect(devices.cameras[1]).not.toBe(before);
  expect(socket.ofType("publish")).toHaveLength(1);
  expect(socket.ofType("media_state")).toHaveLength(1);
});

test("muting is told to the others once", async () => {
  const socket = await live();
  media.setMicrophoneMuted(true);
  media.setMicrophoneMuted(true);
  expect(socket.ofType("media_state").slice(1)).toEqual([{ type: "media_state", source: "camera", camera: "on", microphone: "muted" }]);
});

test("a browser without a common codec stays in the call and says why it is not seen", async () => {
  const socket = await enter();
  socket.say({ type: "error", code: "no_common_codec", in_reply_to: "setup", connection: "p1" });
  await clock.advance(30_000);
  expect(call.view.value.publishProblem).toBe("no_common_codec");
  expect(phase()).toBe("live");
  expect(socket.ofType("publish")).toHaveLength(1);
});

test("a refused publish is tried again later", async () => {
  const socket = await enter();
  socket.say({ type: "error", code: "media_unavailable", in_reply_to: "setup", connection: "p1" });
  await clock.advance(500);
  expect(socket.ofType("publish")).toHaveLength(2);
});

test("why publishing was refused is not hidden by the candidates that follow", async () => {
  const socket = await enter();
  socket.say({ type: "error", code: "spool_full", in_reply_to: "setup", connection: "p1" });
  socket.say({ type: "error", code: "not_found", connection: "p1" });
  expect(call.view.value.notice?.code).toBe("spool_full");
});

test("a candidate that the server does not take costs nothing", async () => {
  const socket = await live();
  socket.say({ type: "error", code: "bad_request", connection: "p1" });
  await clock.advance(1000);
  expect(phase()).toBe("live");
  expect(socket.ofType("publish")).toHaveLength(1);
});

test("a microphone that comes later needs a new connection", async () => {
  devices.refused.set("audio", "NotFoundError");
  media = new LocalMedia({ clock, profile: SITE_CAMERA, devices, createStream: fakeStream });
  await media.open();
  call.setMedia(media);
  const socket = await live();
  devices.refused.clear();
  media.recover();
  await clock.advance(2000);
  expect(socket.ofType("publish")).toHaveLength(2);
});

test.each(["replaced", "ended"] as const)("when it is %s every connection is closed", async (type) => {
  const socket = await live();
  socket.say({ type });
  await settle();
  expect(phase()).toBe(type);
  expect(peers.every((peer) => peer.closed)).toBe(true);
  await clock.advance(60_000);
  expect(sockets).toHaveLength(1);
});

test("a further camera is published beside the first one, again after a lost WebSocket, and withdrawn alone", async () => {
  const socket = await live();
  const second = new FurtherCamera({ clock, profile: SITE_CAMERA, devices, createStream: fakeStream, which: {} });
  await second.open();
  call.addCamera("camera-2", second, () => undefined);
  await settle();
  expect(socket.ofType("publish").map((one) => [one["connection"], one["source"]])).toEqual([
    ["p1", "camera"],
    ["p3", "camera-2"],
  ]);
  expect(socket.ofType("media_state").at(-1)).toMatchObject({ source: "camera-2", camera: "on", microphone: "off" });

  socket.drop();
  await clock.advance(1000);
  const next = at(sockets, -1);
  next.accept();
  next.say(WELCOME);
  await settle();
  expect(next.ofType("publish").map((one) => one["source"])).toContain("camera-2");

  call.removeCamera("camera-2");
  expect(next.ofType("media_state").at(-1)).toMatchObject({ source: "camera-2", camera: "off" });
  expect(next.ofType("close")).toHaveLength(1);
  expect(phase()).not.toBe("left");
});

test("a further camera that the server will not take does not end what the first one sends", async () => {
  const socket = await live();
  const codes: string[] = [];
  const second = new FurtherCamera({ clock, profile: SITE_CAMERA, devices, createStream: fakeStream, which: {} });
  await second.open();
  call.addCamera("camera-2", second, (code) => codes.push(code));
  await settle();
  socket.say({ type: "error", code: "too_many_cameras", in_reply_to: "setup", connection: "p3" });
  expect(codes).toEqual(["too_many_cameras"]);
  expect(phase()).toBe("live");
  expect(call.view.value.publishProblem).toBeNull();
});

test("waits at the door with nothing sent, and goes on when it opens", async () => {
  call.start();
  await settle();
  const socket = at(sockets, -1);
  const welcomes: unknown[] = [];
  call.messages.on("welcome", (welcome) => welcomes.push(welcome));
  socket.accept();
  socket.say({ ...WELCOME, admitted: false });
  await settle();
  expect(call.view.value.phase.name).toBe("waiting");
  expect(peers).toHaveLength(0);
  expect(welcomes).toEqual([]);
  socket.say(WELCOME);
  await settle();
  expect(call.view.value.phase.name).toBe("joining");
  expect(peers.length).toBeGreaterThan(0);
  expect(welcomes).toHaveLength(1);
});

test("counts what goes to and fro over all connections, those that were replaced too", async () => {
  const socket = await live();
  await clock.advance(1000);
  const before = call.traffic.value;
  expect(before).toBeGreaterThan(0);
  socket.say({ type: "connection_lost", connection: "p1" });
  await clock.advance(1000);
  expect(call.traffic.value).toBeGreaterThan(before);
});
