import { beforeEach, expect, test } from "vitest";

import type { ServerMessage } from "./messages";
import { SignallingClient, type SignallingState } from "./signalling";
import { FakeClock, settle } from "./testing/fake-clock";
import { FakeSocket, WELCOME } from "./testing/fake-socket";

let clock: FakeClock;
let sockets: FakeSocket[];
let states: SignallingState[];
let messages: ServerMessage[];
let welcomes: number;
/** The next answers to the request for a ticket: a ticket, or an error code. */
let refusals: string[];
let client: SignallingClient;

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  states = [];
  messages = [];
  welcomes = 0;
  refusals = [];
  let tickets = 0;
  client = new SignallingClient({
    clock,
    device: "Pixel 8",
    requestTicket: () => {
      const code = refusals.shift();
      if (code !== undefined) return Promise.reject(Object.assign(new Error(code), { code }));
      tickets += 1;
      return Promise.resolve(`ticket-${tickets}`);
    },
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    onState: (state) => states.push(state),
    onWelcome: () => (welcomes += 1),
    onMessage: (message) => messages.push(message),
  });
});

function newest(): FakeSocket {
  const socket = sockets[sockets.length - 1];
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
}

function state(): SignallingState | undefined {
  return states[states.length - 1];
}

async function enter(): Promise<FakeSocket> {
  client.start();
  await settle();
  newest().accept();
  newest().say(WELCOME);
  return newest();
}

test("enters with a ticket and its protocol version", async () => {
  const socket = await enter();
  expect(socket.sent).toEqual([{ type: "hello", version: 1, ticket: "ticket-1", device: "Pixel 8" }]);
  expect(state()).toEqual({ name: "open" });
  expect(welcomes).toBe(1);
});

test("pings every 2 s", async () => {
  const socket = await enter();
  await clock.advance(10_000);
  expect(socket.ofType("ping")).toHaveLength(5);
});

test("takes a WebSocket without an answer for 6 s for dead and comes back with a new ticket", async () => {
  const socket = await enter();
  await clock.advance(4000);
  socket.answers = false;
  await clock.advance(5900);
  expect(state()?.name).toBe("open");
  await clock.advance(2100);
  expect(socket.closedByPage).toBe(true);
  expect(state()?.name).toBe("connecting");
  await clock.advance(500);
  newest().accept();
  await settle();
  newest().say(WELCOME);
  expect(newest().sent[0]).toEqual({ type: "hello", version: 1, ticket: "ticket-2", device: "Pixel 8" });
  expect(welcomes).toBe(2);
});

test("comes back with the ticket in reserve, without a request that the dead network would hold up", async () => {
  const socket = await enter();
  await clock.advance(30_000);
  refusals.push("network", "network", "network");
  socket.drop();
  await clock.advance(500);
  newest().accept();
  await settle();
  expect(newest().sent[0]).toEqual({ type: "hello", version: 1, ticket: "ticket-3", device: "Pixel 8" });
});

test("does not come back with a ticket that is too old", async () => {
  const socket = await enter();
  await clock.advance(2000);
  refusals.push("network", "network", "network");
  await clock.advance(70_000);
  socket.drop();
  await clock.advance(500);
  newest().accept();
  await settle();
  expect(newest().sent[0]).toEqual({ type: "hello", version: 1, ticket: "ticket-3", device: "Pixel 8" });
});

test("who may not come back hears so", async () => {
  const socket = await enter();
  refusals.push("invitation_revoked");
  socket.drop();
  await clock.advance(500);
  newest().accept();
  await settle();
  expect(state()).toEqual({ name: "over", why: "refused", code: "invitation_revoked" });
});

test("a WebSocket under suspicion has a moment to answer, then the next attempt begins at once", async () => {
  const socket = await enter();
  socket.answers = false;
  client.suspect();
  client.suspect();
  expect(socket.ofType("ping")).toHaveLength(1);
  await clock.advance(699);
  expect(sockets).toHaveLength(1);
  await clock.advance(1);
  expect(sockets).toHaveLength(2);
});

test("during an outage WebSockets are tried in short order, now and then with more patience, with one ticket", async () => {
  const socket = await enter();
  await clock.advance(10_000);
  socket.answers = false;
  client.suspect();
  await clock.advance(700);
  for (let tries = 1; tries <= 30; tries += 1) {
    expect(sockets).toHaveLength(1 + tries);
    if (tries < 30) await clock.advance(tries === 24 ? 10_000 : tries % 6 === 0 ? 2000 : 700);
  }
  newest().accept();
  await settle();
  expect(newest().sent[0]?.["type"]).toBe("hello");
  expect(sockets.filter((one) => one.ofType("hello").length > 0)).toHaveLength(2);
});

test("a network that was slow gets more time to come back", async () => {
  client.start();
  await settle();
  await clock.advance(900);
  const socket = newest();
  socket.accept();
  socket.say(WELCOME);
  socket.drop();
  await clock.advance(500);
  expect(sockets).toHaveLength(2);
  await clock.advance(3599);
  expect(sockets).toHaveLength(2);
  await clock.advance(1);
  expect(sockets).toHaveLength(3);
});

test("tries again with the protocol's back-off, and begins anew after a success", async () => {
  const socket = await enter();
  socket.drop();
  for (const [index, waitMs] of [500, 1000, 2000, 4000, 5000, 5000].entries()) {
    await clock.advance(waitMs - 1);
    expect(sockets).toHaveLength(index + 1);
    await clock.advance(1);
    expect(sockets).toHaveLength(index + 2);
    newest().drop();
  }
  await clock.advance(5000);
  newest().accept();
  newest().say(WELCOME);
  const before = sockets.length;
  newest().drop();
  await clock.advance(500);
  expect(sockets).toHaveLength(before + 1);
});

test("a WebSocket that never says welcome is given up", async () => {
  client.start();
  await settle();
  newest().accept();
  await clock.advance(10_500);
  expect(sockets).toHaveLength(2);
});

test.each([
  [4000, "replaced"],
  [4001, "ended"],
  [1000, "left"],
])("close code %i means %s, and nobody comes back", async (code, why) => {
  const socket = await enter();
  socket.drop(code);
  await clock.advance(60_000);
  expect(state()).toMatchObject({ name: "over", why });
  expect(sockets).toHaveLength(1);
});

test.each([4003, 4004, 1012, 1006])("after close code %i it comes back", async (code) => {
  const socket = await enter();
  socket.drop(code);
  await clock.advance(500);
  expect(sockets).toHaveLength(2);
});

test.each(["invitation_revoked", "invitation_expired", "consent_missing", "not_signed_in", "room_full"])(
  "a ticket refused with %s ends it",
  async (code) => {
    refusals = [code];
    client.start();
    await clock.advance(60_000);
    expect(state()).toEqual({ name: "over", why: "refused", code });
    expect(sockets).toHaveLength(0);
  },
);

test("an inspection that is over is told as its end, not as a failure", async () => {
  refusals = ["inspection_ended"];
  client.start();
  await settle();
  expect(state()).toMatchObject({ name: "over", why: "ended" });
});

test.each(["network_unreachable", "media_unavailable", "too_many_attempts", "internal_error"])(
  "a ticket refused with %s is asked for again",
  async (code) => {
    refusals = [code];
    client.start();
    await clock.advance(500);
    expect(sockets).toHaveLength(1);
  },
);

test("a hello refused for its ticket is tried with a new one; for its version it is the end", async () => {
  client.start();
  await settle();
  newest().accept();
  newest().say({ type: "error", code: "ticket_invalid" });
  newest().drop(4002);
  await clock.advance(500);
  newest().accept();
  newest().say({ type: "error", code: "version_unsupported" });
  newest().drop(4002);
  expect(state()).toEqual({ name: "over", why: "refused", code: "version_unsupported" });
});

test("who is put out hears why, not that the inspection is over", async () => {
  const socket = await enter();
  socket.say({ type: "error", code: "invitation_revoked" });
  socket.drop(4001);
  expect(state()).toEqual({ name: "over", why: "refused", code: "invitation_revoked" });
});

test("a complaint about a single message does not end it", async () => {
  const socket = await enter();
  socket.say({ type: "error", code: "not_found", connection: "p1" });
  socket.drop(1006);
  expect(state()?.name).toBe("connecting");
});

test("says when WebSockets are refused although tickets are given", async () => {
  client.start();
  await settle();
  for (const waitMs of [500, 1000, 2000]) {
    expect(state()).toMatchObject({ socketRefused: false });
    newest().drop();
    await clock.advance(waitMs);
  }
  expect(state()).toMatchObject({ name: "connecting", socketRefused: true });
});

test("a hint that the network changed finds a dead WebSocket within 1.5 s", async () => {
  const socket = await enter();
  await clock.advance(100);
  socket.answers = false;
  client.probe();
  await clock.advance(1500);
  expect(state()?.name).toBe("connecting");
});

test("a hint that the network changed leaves a working WebSocket alone", async () => {
  await enter();
  await clock.advance(100);
  // The answer comes a moment later, as on a real network.
  newest().answers = false;
  client.probe();
  await clock.advance(200);
  newest().say({ type: "pong", server_time: "2026-11-21T07:00:00Z" });
  await clock.advance(1500);
  expect(state()?.name).toBe("open");
});

test("a hint while waiting shortens the wait", async () => {
  const socket = await enter();
  socket.drop();
  await clock.advance(500);
  newest().drop();
  client.probe();
  await settle();
  expect(sockets).toHaveLength(3);
});

test("text that is no message is skipped", async () => {
  const socket = await enter();
  socket.sayText("not JSON");
  socket.sayText("[]");
  socket.say({ type: "participants", participants: [] });
  expect(messages).toEqual([{ type: "participants", participants: [] }]);
});

test("leaving tells the server first", async () => {
  const socket = await enter();
  client.leave();
  expect(socket.sent[socket.sent.length - 1]).toEqual({ type: "leave" });
  expect(socket.closedByPage).toBe(true);
  expect(state()).toMatchObject({ name: "over", why: "left" });
});
