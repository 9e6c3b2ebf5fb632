import { expect, test, vi } from "vitest";

import { SITE_CAMERA } from "@/rtc/devices";
import { LocalMedia } from "@/rtc/local-media";
import { FakeClock } from "@/rtc/testing/fake-clock";
import { FakeDevices, fakeStream } from "@/rtc/testing/fake-devices";

import type { Check, NetworkFigures } from "./checks";
import { TryOut, type Senses } from "./try-out";

const FAST: NetworkFigures = { sendBps: 2_500_000, receivedBps: 2_000_000, lossPercent: 0, rttMs: 30 };

function tried(change: Partial<Senses> = {}, devices = new FakeDevices()) {
  const reports: Check[][] = [];
  const media = new LocalMedia({ clock: new FakeClock(), profile: SITE_CAMERA, devices, createStream: fakeStream });
  const tryOut = new TryOut({
    media,
    senses: {
      listen: () => Promise.resolve(0.3),
      locate: () => Promise.resolve({ accuracyM: 12 }),
      network: () => Promise.resolve(FAST),
      battery: () => Promise.resolve(null),
      storage: () => Promise.resolve({ keeps: true, freeMb: 800 }),
      ...change,
    },
    withLocation: true,
    report: (checks) => {
      reports.push(checks);
      return Promise.resolve();
    },
  });
  const verdicts = () => Object.fromEntries([...tryOut.state.value.checks].map(([key, one]) => [key, one.verdict]));
  return { tryOut, media, reports, verdicts };
}

test("everything is tried once and told to the server", async () => {
  const { tryOut, reports, verdicts } = tried();
  await tryOut.run();
  expect(tryOut.state.value.done).toBe(true);
  expect(verdicts()).toMatchObject({ microphone: "good", location: "good", network: "good", battery: "untold" });
  expect(reports).toHaveLength(1);
  expect(reports[0]).toHaveLength(6);
});

test("a refused camera is explained, the network is not tested, and trying again begins anew", async () => {
  const devices = new FakeDevices();
  devices.refused.set("video", "NotAllowedError");
  const { tryOut, verdicts, reports } = tried({}, devices);
  await tryOut.run();
  expect(tryOut.state.value.deviceProblem).not.toBeNull();
  expect(verdicts()).toMatchObject({ camera: "bad", network: "not_tested" });
  expect(tryOut.hasMedia).toBe(false);
  devices.refused.clear();
  await tryOut.run();
  expect(tryOut.state.value.deviceProblem).toBeNull();
  expect(verdicts()).toMatchObject({ network: "good" });
  expect(reports).toHaveLength(2);
});

test("who skips goes on at once, and what comes later changes nothing", async () => {
  let answer: (figures: NetworkFigures) => void = () => undefined;
  let enough: AbortSignal | undefined;
  const { tryOut, verdicts, reports } = tried({
    network: (_, signal) => {
      enough = signal;
      return new Promise((resolve) => (answer = resolve));
    },
  });
  const running = tryOut.run();
  await vi.waitFor(() => expect(enough?.aborted).toBe(false));
  await tryOut.skip();
  expect(enough?.aborted).toBe(true);
  expect(verdicts()).toMatchObject({ network: "not_tested" });
  answer(FAST);
  await running;
  expect(verdicts()).toMatchObject({ network: "not_tested" });
  expect(reports).toHaveLength(1);
});

test("a sense that throws is a verdict, not an end", async () => {
  const broken = () => Promise.reject(new Error("broken"));
  const { tryOut, verdicts } = tried({ network: broken, battery: broken, locate: broken, listen: broken });
  await tryOut.run();
  expect(verdicts()).toMatchObject({ network: "bad", battery: "untold", location: "bad", microphone: "untold" });
});
