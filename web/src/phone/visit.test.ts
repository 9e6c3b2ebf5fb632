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
import { createVisit, type DeclineKind, type Introduction, type Invitation, type Visit, type VisitOptions } from "./visit";

const INVITATION = {
  inspection_id: "inspection",
  role: "enterprise",
  state: "open",
  consent_text_version: "2026-11",
  accepted: false,
  admitted: false,
  participant_name: "",
  declines: [] as Invitation["declines"],
  server_time: "2026-11-21T07:00:00Z",
} as Invitation;

let clock: FakeClock;
let devices: FakeDevices;
let sockets: FakeSocket[];
let invitation: Invitation;
let accepted: unknown[];
let declined: string[];
let reported: unknown[];
let storage: Map<string, string>;

beforeEach(() => {
  clock = new FakeClock();
  devices = new FakeDevices();
  sockets = [];
  invitation = INVITATION;
  accepted = [];
  declined = [];
  reported = [];
  storage = new Map();
});

const WANG: Introduction = { name: "王强", job: "店长", phone: "13800001234", code: "123456", actsAsAgent: false };

function declineOf(kind: DeclineKind): Invitation["declines"][number] {
  return { invitation_id: "i", kind, reason: "", made_at: "2026-11-21T07:00:00Z", settled_at: null };
}

function joinApi(): JoinApi {
  return {
    open: () => Promise.resolve(invitation),
    accept: (acceptance) => {
      accepted.push(acceptance);
      return Promise.resolve({ participant_id: "me", inspection_id: "inspection" });
    },
    ticket: () => Promise.resolve({ ticket: "ticket", expires_at: "2026-11-21T08:00:00Z" }),
  };
}

function visit(change: Partial<VisitOptions> = {}): Visit {
  const store = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  };
  return createVisit({
    token: "token",
    api: joinApi(),
    guest: {
      refuse: (reason) => Promise.resolve(void declined.push(`refusal: ${reason}`)),
      askForAnotherOfficer: (reason) => Promise.resolve(void declined.push(`recusal: ${reason}`)),
      keepOfficer: () => Promise.resolve(),
      reportReadiness: (checks) => Promise.resolve(void reported.push(checks)),
    },
    senses: {
      listen: () => Promise.resolve(0.5),
      locate: () => Promise.resolve({ accuracyM: 10 }),
      network: () => Promise.resolve({ sendBps: 2e6, receivedBps: 2e6, lossPercent: 0, rttMs: 20 }),
      battery: () => Promise.resolve(null),
      storage: () => Promise.resolve({ keeps: true, freeMb: 900 }),
    },
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
      device: "phone",
    },
    obstacle: null,
    profileOf: () => SITE_CAMERA,
    createMedia: (profile) => new LocalMedia({ clock, profile, devices, createStream: fakeStream }),
    photosFirst: false,
    leftMark: createBrowserMark("left", () => store),
    agreedMark: createBrowserMark("agreed", () => store),
    triedMark: createBrowserMark("tried", () => store),
    ...change,
  });
}

async function inCall(): Promise<{ person: Visit; socket: FakeSocket }> {
  invitation = { ...INVITATION, accepted: true, admitted: true, participant_name: "王强" };
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

test("asks who they are and for consent, tries the phone out, and waits at the door with that camera", async () => {
  const person = visit();
  await person.open();
  expect(person.screen.value.name).toBe("invitation");
  person.introduce();
  expect(person.screen.value).toMatchObject({ name: "introduction", sending: false, problem: null });
  expect(devices.opened).toHaveLength(0);
  await person.accept(WANG);
  expect(accepted).toEqual([
    {
      token: "token",
      display_name: "王强",
      consent: true,
      consent_text_version: "2026-11",
      identity: { job: "店长", phone: "13800001234", code: "123456", acts_as_agent: false, device: "phone" },
    },
  ]);
  expect(person.screen.value.name).toBe("readiness");
  await settle();
  expect(reported).toHaveLength(1);
  person.goOn();
  expect(person.screen.value.name).toBe("waiting");
  expect(devices.cameras).toHaveLength(1);
  expect(sockets).toHaveLength(0);
  await settle();
  expect(sockets).toHaveLength(1);
});

test("who proves it by a photo, or acts for the company, is asked for the papers first", async () => {
  const person = visit();
  await person.open();
  await person.accept({ ...WANG, code: null, actsAsAgent: true });
  expect(person.screen.value).toMatchObject({ name: "papers", photo: true, authorisation: true });
  await person.accept({ ...WANG, actsAsAgent: true });
  expect(person.screen.value).toMatchObject({ name: "papers", photo: false, authorisation: true });
  person.fromPapers();
  expect(person.screen.value.name).toBe("readiness");
});

test.each([
  ["code_wrong", "introduction"],
  ["code_expired", "introduction"],
  ["network_unreachable", "introduction"],
  ["invitation_revoked", "trouble"],
])("an acceptance that fails with %s stays where it can be mended: %s", async (code, screen) => {
  const api = { ...joinApi(), accept: () => Promise.reject(new ApiError(code, 403)) };
  const person = visit({ api });
  await person.open();
  person.introduce();
  await person.accept(WANG);
  expect(person.screen.value.name).toBe(screen);
  expect(storage.has("agreed")).toBe(false);
});

test("a refusal is told, ends politely, and can be taken back", async () => {
  const person = visit();
  await person.open();
  person.askToDecline("refusal");
  await person.decline("希望现场勘验");
  expect(declined).toEqual(["refusal: 希望现场勘验"]);
  expect(person.screen.value.name).toBe("refused");
  invitation = { ...INVITATION, declines: [declineOf("refusal")] };
  const reloaded = visit();
  await reloaded.open();
  expect(reloaded.screen.value.name).toBe("refused");
  reloaded.backToInvitation();
  expect(reloaded.screen.value.name).toBe("invitation");
});

test("asking for another officer leads back to the invitation, which tells of it", async () => {
  const person = visit();
  await person.open();
  person.askToDecline("recusal");
  invitation = { ...INVITATION, declines: [declineOf("recusal")] };
  await person.decline("是亲属");
  expect(declined).toEqual(["recusal: 是亲属"]);
  expect(person.screen.value).toMatchObject({ name: "invitation", invitation: { declines: [{ kind: "recusal" }] } });
  invitation = INVITATION;
  await person.keepOfficer();
  expect(person.screen.value).toMatchObject({ name: "invitation", invitation: { declines: [] } });
});

test("a reload at the door does not try the phone out again", async () => {
  storage.set("agreed", "inspection/enterprise");
  storage.set("tried", "inspection/enterprise");
  invitation = { ...INVITATION, accepted: true };
  const person = visit();
  await person.open();
  expect(person.screen.value.name).toBe("waiting");
});

test("who has agreed before comes straight back into the call after a reload", async () => {
  const { person } = await inCall();
  expect(person.screen.value.name).toBe("call");
  expect(accepted).toHaveLength(0);
});

test("who opens a link with which somebody else was let in is asked, and stands at the door", async () => {
  invitation = { ...INVITATION, accepted: true, admitted: true, participant_name: "王强" };
  const other = visit();
  await other.open();
  expect(other.screen.value.name).toBe("invitation");
  expect(devices.opened).toHaveLength(0);
  await other.accept({ ...WANG, name: "李梅" });
  expect(accepted).toHaveLength(1);
  await settle();
  other.goOn();
  expect(other.screen.value.name).toBe("waiting");
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

test("without a camera one can wait, and is asked for it again when the door opens", async () => {
  devices.refused.set("video", "NotAllowedError");
  const person = visit();
  await person.open();
  await person.accept(WANG);
  await settle();
  expect(person.screen.value).toMatchObject({ name: "readiness" });
  person.goOn();
  await settle();
  expect(person.screen.value).toMatchObject({ name: "waiting", media: null });
  sockets[0]?.accept();
  sockets[0]?.say(WELCOME);
  await settle();
  expect(person.screen.value).toEqual({ name: "devices", kind: "camera", problem: "denied" });
  devices.refused.clear();
  await person.enter();
  expect(person.screen.value.name).toBe("call");
  expect(accepted).toHaveLength(1);
});

test("a browser without a camera leads to another one before anything is asked", async () => {
  const person = visit({ obstacle: "insecure" });
  await person.open();
  expect(person.screen.value).toEqual({ name: "elsewhere", problem: "insecure" });
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

test("the door opens into the call, and coming back leads there at once", async () => {
  const person = visit();
  await person.open();
  await person.accept(WANG);
  await settle();
  person.goOn();
  await settle();
  const socket = sockets[0];
  socket?.accept();
  socket?.say({ ...WELCOME, admitted: false });
  expect(person.screen.value.name).toBe("waiting");
  socket?.say(WELCOME);
  expect(person.screen.value.name).toBe("call");
  await person.enter();
  expect(person.screen.value.name).toBe("call");
});

test("goes on with photos out of the call, and back to video", async () => {
  const { person, socket } = await inCall();
  await person.takePhotos();
  expect(person.screen.value.name).toBe("photos");
  expect(socket.ofType("leave")).toHaveLength(1);
  expect(devices.opened.every((track) => track.readyState === "ended")).toBe(true);
  await person.enter();
  expect(person.screen.value.name).toBe("call");
});

test("without a camera photos go on in place of the call", async () => {
  devices.refused.set("video", "NotAllowedError");
  const person = visit();
  await person.open();
  await person.accept(WANG);
  await settle();
  person.goOn();
  await person.takePhotos();
  expect(person.screen.value.name).toBe("photos");
});

test("a link for photos asks for consent, then for photos, and never for a camera", async () => {
  const person = visit({ photosFirst: true });
  await person.open();
  expect(person.screen.value.name).toBe("invitation");
  await person.accept(WANG);
  expect(person.screen.value.name).toBe("photos");
  expect(devices.opened).toHaveLength(0);
});

test("a browser that has no camera at all still sends photos, after the consent", async () => {
  const person = visit({ obstacle: "unsupported" });
  await person.open();
  expect(person.screen.value.name).toBe("elsewhere");
  await person.takePhotos();
  expect(person.screen.value.name).toBe("invitation");
  await person.accept(WANG);
  expect(person.screen.value.name).toBe("photos");
  expect(devices.opened).toHaveLength(0);
});

test("an observer is asked for no devices, waits at the door, and then watches", async () => {
  invitation = { ...INVITATION, role: "observer", admitted: false };
  const here = visit({ profileOf: () => null, obstacle: "insecure" });
  await here.open();
  await here.accept({ ...WANG, name: "林" });
  await settle();
  expect(here.screen.value).toMatchObject({ name: "waiting", media: null });
  sockets[0]?.accept();
  sockets[0]?.say({ ...WELCOME, admitted: false });
  await settle();
  expect(here.screen.value.name).toBe("waiting");
  sockets[0]?.say(WELCOME);
  await settle();
  expect(here.screen.value.name).toBe("watching");
  expect(devices.opened).toHaveLength(0);
  here.leave();
  expect(here.screen.value).toEqual({ name: "over", why: "left" });
});
