import { expect, test } from "vitest";

import { worthShowing, type OwnChallenge } from "./own-challenge";

const answer = (id: string | null, outcome: "confirmed" | null = null) =>
  ({ challenge: id === null ? null : { id, outcome }, qr_svg: "", server_time: "" }) as unknown as OwnChallenge;

test("an open challenge is shown", () => {
  const open = answer("a");
  expect(worthShowing(open, null)).toBe(open);
});

test("how it ended is told to who saw it open, and to nobody else", () => {
  const ended = answer("a", "confirmed");
  expect(worthShowing(ended, answer("a"))).toBe(ended);
  expect(worthShowing(ended, null)).toBeNull();
  expect(worthShowing(ended, answer("b"))).toBeNull();
});

test("nothing asked is nothing shown", () => {
  expect(worthShowing(answer(null), answer("a"))).toBeNull();
});
