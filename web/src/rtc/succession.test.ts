import { beforeEach, expect, test } from "vitest";

import { Succession, type Connection, type ConnectionEvents, type SuccessionOptions } from "./succession";
import { FakeClock } from "./testing/fake-clock";

class FakeConnection implements Connection {
  opened = false;
  closed = false;
  signs = 0;
  /** While true the other end answers: each look finds more signs. */
  alive = true;

  constructor(
    readonly name: string,
    readonly events: ConnectionEvents,
  ) {}

  open(): void {
    this.opened = true;
  }

  close(): void {
    this.closed = true;
  }

  signsOfLife(): Promise<number> {
    if (this.alive) this.signs += 1;
    return Promise.resolve(this.signs);
  }
}

let clock: FakeClock;
let made: FakeConnection[];
let told: string[];
let quiet: number;
let options: SuccessionOptions<FakeConnection>;
let succession: Succession<FakeConnection>;

beforeEach(() => {
  clock = new FakeClock();
  made = [];
  told = [];
  quiet = 0;
  options = {
    clock,
    create: (events) => {
      const one = new FakeConnection(`c${made.length + 1}`, events);
      made.push(one);
      return one;
    },
    silenceLimitMs: () => 2500,
    onQuiet: () => (quiet += 1),
    sendClose: (name) => told.push(name),
    onChange: () => undefined,
  };
  succession = new Succession(options);
});

function at(index: number): FakeConnection {
  const one = made[index];
  if (one === undefined) throw new Error(`no connection ${index}`);
  return one;
}

function connectFirst(): FakeConnection {
  succession.renew();
  at(0).events.onConnected();
  return at(0);
}

test("the first connection becomes the current one when it connects", () => {
  expect(succession.state).toBe("idle");
  succession.renew();
  expect(succession.state).toBe("connecting");
  at(0).events.onConnected();
  expect(succession.state).toBe("connected");
  expect(succession.current).toBe(at(0));
});

test("a connection that answers is left alone", async () => {
  connectFirst();
  await clock.advance(60_000);
  expect(made).toHaveLength(1);
});

test("a second of quiet is told before anything is done about it", async () => {
  const one = connectFirst();
  await clock.advance(5000);
  expect(quiet).toBe(0);
  one.alive = false;
  await clock.advance(1500);
  expect(quiet).toBeGreaterThan(0);
  expect(made).toHaveLength(1);
});

test("after 2.5 s of silence a second one is opened beside it, and the old one is closed once the new one works", async () => {
  const old = connectFirst();
  await clock.advance(5000);
  old.alive = false;
  await clock.advance(2400);
  expect(made).toHaveLength(1);
  await clock.advance(700);
  expect(made).toHaveLength(2);
  expect(succession.state).toBe("interrupted");
  expect(old.closed).toBe(false);

  at(1).events.onConnected();
  expect(succession.current).toBe(at(1));
  await clock.advance(1000);
  expect(old.closed).toBe(true);
  expect(told).toEqual(["c1"]);
});

test("a connection that speaks again before its successor works keeps its place", async () => {
  const old = connectFirst();
  old.alive = false;
  await clock.advance(3500);
  expect(made).toHaveLength(2);
  old.alive = true;
  await clock.advance(600);
  expect(succession.state).toBe("connected");
  expect(succession.current).toBe(old);
  expect(at(1).closed).toBe(true);
  expect(told).toEqual(["c2"]);
});

test("without a network nothing is opened; as soon as it is back, at once", async () => {
  const old = connectFirst();
  old.alive = false;
  succession.setOnline(false);
  await clock.advance(20_000);
  expect(made).toHaveLength(1);
  succession.setOnline(true);
  expect(made).toHaveLength(2);
});

test("failed attempts are repeated with the protocol's back-off", async () => {
  succession.renew();
  for (const [index, waitMs] of [500, 1000, 2000, 4000, 5000, 5000].entries()) {
    at(index).events.onFault({ retry: true });
    await clock.advance(waitMs - 1);
    expect(made).toHaveLength(index + 1);
    await clock.advance(1);
    expect(made).toHaveLength(index + 2);
  }
});

test("a connection that the server gave up is replaced at once", () => {
  const old = connectFirst();
  succession.lost("c1");
  expect(made).toHaveLength(2);
  expect(succession.state).toBe("interrupted");
  expect(old.closed).toBe(false);
});

test("the server closing the old connection first does no harm", async () => {
  const old = connectFirst();
  succession.replace();
  at(1).events.onConnected();
  succession.lost("c1");
  expect(old.closed).toBe(true);
  await clock.advance(5000);
  expect(told).toEqual([]);
  expect(made).toHaveLength(2);
  expect(succession.state).toBe("connected");
});

test("what can never work is not tried again, and says why", async () => {
  succession.renew();
  at(0).events.onFault({ retry: false, code: "no_common_codec" });
  await clock.advance(60_000);
  expect(made).toHaveLength(1);
  expect(succession.state).toBe("impossible");
  expect(succession.impossibleBecause).toBe("no_common_codec");
});

test("without signalling what runs goes on, and attempts wait for the next welcome", async () => {
  const old = connectFirst();
  succession.suspend();
  old.alive = false;
  await clock.advance(10_000);
  expect(made).toHaveLength(1);
  succession.renew();
  expect(made).toHaveLength(2);
});

test("a connection of an older WebSocket is replaced even though it works", async () => {
  const old = connectFirst();
  succession.suspend();
  succession.renew();
  await clock.advance(3000);
  expect(succession.current).toBe(old);
  at(1).events.onConnected();
  await clock.advance(1000);
  expect(old.closed).toBe(true);
});

test("a connection that was heard lately lives on with a new WebSocket where that can be told", async () => {
  const kept: string[] = [];
  succession = new Succession({ ...options, sendKeep: (one) => kept.push(one.name) });
  const old = connectFirst();
  await clock.advance(2000);
  succession.suspend();
  succession.renew();
  expect(kept).toEqual(["c1"]);
  expect(made).toHaveLength(1);
  old.alive = false;
  await clock.advance(1500);
  succession.suspend();
  succession.renew();
  expect(kept).toEqual(["c1"]);
  expect(made).toHaveLength(2);
});

test("what should have been replaced while nobody could be told is replaced with the next WebSocket", async () => {
  const kept: string[] = [];
  succession = new Succession({ ...options, sendKeep: (one) => kept.push(one.name) });
  connectFirst();
  await clock.advance(2000);
  succession.suspend();
  succession.replace();
  succession.renew();
  expect(kept).toEqual([]);
  expect(made).toHaveLength(2);
});

test("closing gives everything back", async () => {
  connectFirst();
  succession.replace();
  succession.close();
  await clock.advance(10_000);
  expect(made.every((one) => one.closed)).toBe(true);
  expect(made).toHaveLength(2);
});
