import { describe, expect, test } from "vitest";

import {
  judgeBattery,
  judgeCamera,
  judgeLocation,
  judgeMicrophone,
  judgeNetwork,
  judgeStorage,
  needsAttention,
  notTested,
  type NetworkFigures,
} from "./checks";

const GOOD: NetworkFigures = { sendBps: 2_500_000, receivedBps: 2_000_000, lossPercent: 0, rttMs: 40 };

describe("verdicts", () => {
  test.each<[string, Partial<NetworkFigures>, string]>([
    ["a good link", {}, "good"],
    ["just enough", { sendBps: 900_000, lossPercent: 5, rttMs: 400 }, "good"],
    ["narrow", { sendBps: 899_999 }, "weak"],
    ["lossy", { lossPercent: 5.1 }, "weak"],
    ["far", { rttMs: 401 }, "weak"],
    ["too narrow", { sendBps: 299_999 }, "bad"],
    ["too lossy", { lossPercent: 15.1 }, "bad"],
    ["too far", { rttMs: 801 }, "bad"],
  ])("network: %s", (_name, change, verdict) => {
    expect(judgeNetwork({ ...GOOD, ...change }).verdict).toBe(verdict);
  });

  test("a server that is not reached says so without figures", () => {
    expect(judgeNetwork(null)).toEqual({ subject: "network", verdict: "bad", problem: "unreachable", facts: {} });
  });

  test("a refused device carries the reason that the page explains", () => {
    expect(judgeCamera("denied")).toMatchObject({ verdict: "bad", problem: "denied" });
    expect(judgeMicrophone("in_use")).toMatchObject({ verdict: "bad", problem: "in_use" });
  });

  test("portrait pictures are judged by their short side", () => {
    expect(judgeCamera({ width: 720, height: 1280, label: "back" }).verdict).toBe("good");
    expect(judgeCamera({ width: 640, height: 360, label: "" })).toMatchObject({ verdict: "weak", problem: "small" });
  });

  test("silence is no broken microphone, and a browser that does not tell is neither", () => {
    expect(judgeMicrophone(0.2).verdict).toBe("good");
    expect(judgeMicrophone(0.001)).toMatchObject({ verdict: "weak", problem: "silent" });
    expect(judgeMicrophone(null).verdict).toBe("untold");
  });

  test("a position counts by its accuracy", () => {
    expect(judgeLocation({ accuracyM: 100 }).verdict).toBe("good");
    expect(judgeLocation({ accuracyM: 101 }).verdict).toBe("weak");
    expect(judgeLocation("denied")).toMatchObject({ verdict: "bad", problem: "denied" });
    expect(judgeLocation("unsupported").verdict).toBe("untold");
  });

  test("a charging phone has power enough", () => {
    expect(judgeBattery({ level: 0.05, charging: true }).verdict).toBe("good");
    expect(judgeBattery({ level: 0.39, charging: false }).verdict).toBe("weak");
    expect(judgeBattery({ level: 0.19, charging: false }).verdict).toBe("bad");
    expect(judgeBattery(null).verdict).toBe("untold");
  });

  test("storage", () => {
    expect(judgeStorage({ keeps: true, freeMb: null }).verdict).toBe("good");
    expect(judgeStorage({ keeps: true, freeMb: 49 }).verdict).toBe("weak");
    expect(judgeStorage({ keeps: false, freeMb: 5000 }).verdict).toBe("bad");
  });
});

test("what was not tested or is not told stops nobody", () => {
  expect(needsAttention([notTested("network"), judgeBattery(null), judgeNetwork(GOOD)])).toBe(false);
  expect(needsAttention([judgeNetwork(null)])).toBe(true);
});
