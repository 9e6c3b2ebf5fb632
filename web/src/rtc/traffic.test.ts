import { expect, test } from "vitest";

import { trafficOf } from "./traffic";

const SENT: [string, Record<string, unknown>] = ["S", { type: "outbound-rtp", bytesSent: 5 }];

test("both directions of the transport count once, not what it is made of", () => {
  const pair = { type: "candidate-pair", bytesSent: 90, bytesReceived: 9 };
  expect(trafficOf([SENT, ["P", pair], ["T", { type: "transport", bytesSent: 100, bytesReceived: 20 }]])).toBe(120);
});

test("browsers that do not tell of the transport tell of their candidate pairs", () => {
  const pairs: [string, Record<string, unknown>][] = [
    ["P", { type: "candidate-pair", bytesSent: 90, bytesReceived: 9 }],
    ["Q", { type: "candidate-pair" }],
  ];
  expect(trafficOf([SENT, ["T", { type: "transport" }], ...pairs])).toBe(99);
});
