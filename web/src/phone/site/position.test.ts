import { describe, expect, test } from "vitest";

import type { ClientMessage } from "@/rtc/messages";
import { FakeClock, settle } from "@/rtc/testing/fake-clock";

import { PositionReporter } from "./position";

type Answer = { latitude: number } | { code: number };
const DENIED = 1;
const UNAVAILABLE = 2;
const TIMED_OUT = 3;

interface Given {
  permission?: PermissionState;
  answers?: Answer[];
  declined?: boolean;
}

function phone({ permission = "granted", answers = [], declined = false }: Given = {}) {
  const clock = new FakeClock();
  const said: ClientMessage[] = [];
  const asked: number[] = [];
  const memory = { declined: () => declined, decline: () => (declined = true) };
  const geolocation = {
    getCurrentPosition(found: PositionCallback, failed?: PositionErrorCallback | null) {
      asked.push(clock.now());
      const answer = answers.shift() ?? { latitude: 38.2 };
      if ("code" in answer) failed?.({ code: answer.code, PERMISSION_DENIED: DENIED, POSITION_UNAVAILABLE: UNAVAILABLE, TIMEOUT: TIMED_OUT } as never);
      else found({ coords: { latitude: answer.latitude, longitude: 104.6, accuracy: 12 }, timestamp: clock.wallNow() } as never);
    },
  };
  const reporter = new PositionReporter({
    geolocation,
    permission: () => Promise.resolve(permission),
    send: (message) => said.push(message),
    clock,
    clockOffsetMs: () => 5000,
    memory,
  });
  return { reporter, said, asked, clock, memory };
}

describe("who allowed it before", () => {
  test("is not asked again and is told of every 10 s, by the server's clock", async () => {
    const { reporter, said, clock, asked } = phone();
    await reporter.open();
    await clock.advance(20_000);
    expect(asked).toEqual([0, 10_000, 20_000]);
    expect(said[0]).toEqual({
      type: "position",
      latitude: 38.2,
      longitude: 104.6,
      accuracy_m: 12,
      at: "2026-11-21T07:00:05.000Z",
    });
    expect(reporter.state.value.name).toBe("reporting");
  });

  test("is not told of any more when the call is over", async () => {
    const { reporter, said, clock } = phone();
    await reporter.open();
    reporter.close();
    await clock.advance(60_000);
    expect(said).toHaveLength(1);
  });
});

describe("who was not asked yet", () => {
  test("is asked, and nothing is sent before the answer", async () => {
    const { reporter, said, clock } = phone({ permission: "prompt" });
    await reporter.open();
    await clock.advance(60_000);
    expect(reporter.state.value.name).toBe("question");
    expect(said).toEqual([]);
    reporter.agree();
    expect(said.map(({ type }) => type)).toEqual(["position"]);
  });

  test("may decline, and is not asked after a reload", async () => {
    const { reporter, said, clock, memory, asked } = phone({ permission: "prompt" });
    await reporter.open();
    reporter.decline();
    await clock.advance(60_000);
    expect(said).toEqual([{ type: "no_position", why: "denied" }]);
    expect(asked).toEqual([]);
    expect(memory.declined()).toBe(true);
    const reloaded = phone({ permission: "prompt", declined: true });
    await reloaded.reporter.open();
    expect(reloaded.reporter.state.value).toEqual({ name: "none", why: "denied" });
  });
});

describe("without a position", () => {
  test("a denial is final", async () => {
    const { reporter, said, clock, asked } = phone({ answers: [{ code: DENIED }] });
    await reporter.open();
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
    expect(said).toEqual([{ type: "no_position", why: "denied" }]);
  });

  test("a receiver that finds nothing is tried again until it does", async () => {
    const { reporter, said, clock } = phone({ answers: [{ code: TIMED_OUT }, { code: UNAVAILABLE }] });
    await reporter.open();
    await clock.advance(20_000);
    expect(said.map((each) => ("why" in each ? each.why : each.type))).toEqual(["timed_out", "unavailable", "position"]);
  });

  test("a room that forgot is told again", async () => {
    const { reporter, said } = phone({ permission: "denied" });
    await reporter.open();
    await settle();
    reporter.sayAgain();
    expect(said).toHaveLength(2);
  });
});
