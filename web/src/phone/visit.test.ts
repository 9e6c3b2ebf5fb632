import { beforeEach, expect, test } from "vitest";

import { ApiError } from "@/api/client";
import type { JoinApi } from "@/api/join";
import { SITE_CAMERA } from "@/rtc/devices";
import { LocalMedia } from "@/rtc/local-media";
import { FakeClock, settle } from "@/rtc/testing/fake-clock";
import { FakeDevices, fakeStream } from "@/rtc/testing/fake-devices";
import { FakePeer } from "@/rtc/testing/fake-peer";
import { FakeSocket, WELCOME } from "@/rtc/testing/fake-socket";

import { createBrowserMark } from "./browser-mark";
import { createVisit, type Invitation, type Visit, type VisitOptions } from "./visit";

const INVITATION = {
  inspection_id: "inspection",
  role: "enterprise",
  state: "open",
  consent_text_version: "2026-11",
  accepted: false,
  participant_name: "",
} as Invitation;

let clock: FakeClock;
let devices: FakeDevices;
let sockets: FakeSocket[];
let invitation: Invitation;
let accepted: unknown[];
let storage: Map<string, string>;

beforeEach(() => {
  clock = new FakeClock();
  devices = new FakeDevices();
  sockets = [];
  invitation = INVITATION;
  accepted = [];
  storage = new Map();
});

function visit(change: Partial<VisitOptions> = {}): Visit {
  const api: JoinApi = {
    open: () => Promise.resolve(invitation),
    accept: (acceptance) => {
      accepted.push(acceptance);
      return Promise.resolve({ participant_id: "me", inspection_id: "inspection" });
    },
    ticket: () => Promise.resolve({ ticket: "ticket", expires_at: "2026-11-21T08:00:00Z" }),
  };
  const store = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  };
  return createVisit({
    token: "token",
    api,
    environment: {
      clock,
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      createPeer: () => new FakePeer() as unknown as RTCPeerConnection,
      createStream: () => fakeStream([]),
      videoCapabilities: () => [],
    },
    obstacle: null,
    profileOf: () => SITE_CAMERA,
    createMedia: (profile) => new LocalMedia({ clock, profile, devices, createStream: fakeStream }),
    leftMark: createBrowserMark("left", () => store),
    agreedMark: createBrowserMark("agreed", () => store),
    ...change,
  });
}

async function inCall(): Promise<{ person: Visit; socket: FakeSocket }> {
  invitation = { ...INVITATION, accepted: true, participant_name: "王强" };
  storage.set("agreed", "inspection/enterprise");
  const person = visit();
  await person.open();
  await settle();
  const socket = sockets[0];
  if (socket === undefined) throw new Error("no call was started");
  socket.accept();
  socket.say(WELCOME);
  await settle();
  return { person, socket };
}

test("asks for name and consent, then for the devices, then enters", async () => {
  const person = visit();
  await person.open();
  expect(person.screen.value).toMatchObject({ name: "invitation", sending: false });
  expect(devices.opened).toHaveLength(0);
  await person.accept("王强");
  expect(accepted).toEqual([
    { token: "token", display_name: "王强", consent: true, consent_text_version: "2026-11" },
  ]);
  expect(person.screen.value.name).toBe("call");
  expect(devices.cameras).toHaveLength(1);
});

test("who has agreed before comes straight back into the call after a reload", async () => {
  const { person } = await inCall();
  expect(person.screen.value.name).toBe("call");
  expect(accepted).toHaveLength(0);
});

test("who opens a link that somebody else accepted elsewhere is asked, and not recorded before", async () => {
  invitation = { ...INVITATION, accepted: true, participant_name: "王强" };
  const other = visit();
  await other.open();
  expect(other.screen.value).toMatchObject({ name: "invitation", sending: false });
  expect(devices.opened).toHaveLength(0);
  await other.accept("李梅");
  expect(accepted).toHaveLength(1);
  expect(other.screen.value.name).toBe("call");

  invitation = { ...invitation, participant_name: "李梅" };
  const reloaded = visit();
  await reloaded.open();
  expect(reloaded.screen.value.name).toBe("call");
  expect(accepted).toHaveLength(1);
});

test("who has left stays out after a reload, until asking to come back", async () => {
  const { person } = await inCall();
  person.leave();
  expect(person.screen.value).toEqual({ name: "over", why: "left" });
  expect(devices.opened.every((track) => track.readyState === "ended")).toBe(true);

  const reloaded = visit();
  await reloaded.open();
  expect(reloaded.screen.value).toEqual({ name: "over", why: "left" });
  await reloaded.enter();
  expect(reloaded.screen.value.name).toBe("call");
  const again = visit();
  await again.open();
  expect(again.screen.value.name).toBe("call");
});

test("a link without a token is told at once", async () => {
  const person = visit({ token: null });
  await person.open();
  expect(person.screen.value).toEqual({ name: "trouble", code: "invitation_invalid" });
});

test.each(["invitation_expired", "invitation_revoked", "network_unreachable"])(
  "an invitation that cannot be opened says %s",
  async (code) => {
    const api = { open: () => Promise.reject(new ApiError(code, 410)) } as unknown as JoinApi;
    const person = visit({ api });
    await person.open();
    expect(person.screen.value).toEqual({ name: "trouble", code });
  },
);

test("an inspection that is over is not entered", async () => {
  invitation = { ...INVITATION, accepted: true, state: "ended" };
  const person = visit();
  await person.open();
  expect(person.screen.value).toEqual({ name: "over", why: "ended" });
  expect(devices.opened).toHaveLength(0);
});

test("a refused camera is explained, and trying again enters without asking for consent again", async () => {
  devices.refused.set("video", "NotAllowedError");
  const person = visit();
  await person.open();
  await person.accept("王强");
  expect(person.screen.value).toEqual({ name: "devices", kind: "camera", problem: "denied" });
  devices.refused.clear();
  await person.enter();
  expect(person.screen.value.name).toBe("call");
  expect(accepted).toHaveLength(1);
});

test("an http page says so instead of asking for a camera in vain", async () => {
  const person = visit({ obstacle: "insecure" });
  await person.open();
  await person.accept("王强");
  expect(person.screen.value).toEqual({ name: "devices", kind: "camera", problem: "insecure" });
});

test.each(["replaced", "ended"] as const)("when the call is %s the camera is given back", async (type) => {
  const { person, socket } = await inCall();
  socket.say({ type });
  expect(person.screen.value).toEqual({ name: "over", why: type });
  expect(devices.opened.every((track) => track.readyState === "ended")).toBe(true);
});

test("after being replaced the person can take over again", async () => {
  const { person, socket } = await inCall();
  socket.say({ type: "replaced" });
  await person.enter();
  expect(person.screen.value.name).toBe("call");
  await settle();
  expect(sockets).toHaveLength(2);
});
