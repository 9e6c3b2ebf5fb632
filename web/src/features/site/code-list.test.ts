import { expect, test } from "vitest";

import { offeredCodes, withReading, type ReadCode } from "./code-list";

const reading = (at: string, ...texts: string[]) => ({
  participant_id: "p",
  at,
  codes: texts.map((text) => ({ kind: "qr" as const, text, corners: [] })),
});

test("the same code in picture after picture stands once, with its newest time", () => {
  const first = withReading([], reading("2026-11-27T01:00:00Z", "A", "A"));
  const second = withReading(first, reading("2026-11-27T01:00:02Z", "B"));
  const third = withReading(second, reading("2026-11-27T01:00:04Z", "A"));
  expect(third.map(({ text, at }) => [text, at.slice(17, 19)])).toEqual([
    ["A", "04"],
    ["B", "02"],
  ]);
});

test("a shelf full of codes does not fill the page without end", () => {
  let list: readonly ReadCode[] = [];
  for (let n = 0; n < 80; n += 1) list = withReading(list, reading("2026-11-27T01:00:00Z", `code ${n}`));
  expect(list).toHaveLength(50);
  expect(list[0]?.text).toBe("code 79");
});

test("a point is offered the newest codes that it does not have yet", () => {
  const list = ["d", "c", "b", "a"].map((name) => ({ text: `code-${name}`, kind: "qr" as const, participantId: "p", at: "" }));
  expect(offeredCodes(list, []).map(({ text }) => text)).toEqual(["code-d", "code-c", "code-b"]);
  expect(offeredCodes(list, ["QR code: code-c", ""]).map(({ text }) => text)).toEqual(["code-d", "code-b", "code-a"]);
});
