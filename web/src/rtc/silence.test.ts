import { expect, test } from "vitest";

import { signsOfLife, SilenceWatch } from "./silence";

test("counts the time in which nothing came back", () => {
  const watch = new SilenceWatch();
  watch.look(10, 0);
  watch.look(11, 500);
  for (const nowMs of [1000, 1500, 2000, 2500, 3000]) watch.look(11, nowMs);
  expect(watch.forMs).toBe(2500);
});

test("any growth ends the silence", () => {
  const watch = new SilenceWatch();
  watch.look(10, 0);
  watch.look(10, 1500);
  watch.look(11, 2000);
  expect(watch.forMs).toBe(0);
});

test("a page that stood still for a minute has not seen a minute of silence", () => {
  const watch = new SilenceWatch();
  watch.look(10, 0);
  watch.look(10, 500);
  watch.look(10, 60_500);
  expect(watch.forMs).toBe(500);
});

test("a falling counter is no sign of life: a candidate pair has gone", () => {
  const watch = new SilenceWatch();
  watch.look(10, 0);
  watch.look(4, 1000);
  expect(watch.forMs).toBe(1000);
});

test("what the other end sends counts, what this end sends does not", () => {
  const report = (sent: number, received: number): [string, Record<string, unknown>][] => [
    ["T", { type: "transport", bytesSent: sent, bytesReceived: received }],
    ["P", { type: "candidate-pair", requestsSent: sent, responsesReceived: 2 }],
    ["R", { type: "remote-inbound-rtp", roundTripTimeMeasurements: 3 }],
    ["O", { type: "outbound-rtp", packetsSent: sent }],
  ];
  expect(signsOfLife(report(100, 50))).toBe(signsOfLife(report(900, 50)));
  expect(signsOfLife(report(100, 51))).toBeGreaterThan(signsOfLife(report(100, 50)));
});
