import { expect, test } from "vitest";

import { createLatest } from "./latest";

test("the newest question counts, in whatever order the answers come", async () => {
  const taken: string[] = [];
  const latest = createLatest<string>((answer) => taken.push(answer));
  let answerOld: (answer: string) => void = () => undefined;
  const old = latest(new Promise((resolve) => (answerOld = resolve)));
  await latest(Promise.resolve("new"));
  answerOld("old");
  await old;
  expect(taken).toEqual(["new"]);
});

test("a failure is told by who asked last, and by nobody else", async () => {
  const latest = createLatest<string>(() => undefined);
  let failOld: (error: Error) => void = () => undefined;
  const old = latest(new Promise((_, reject) => (failOld = reject)));
  await expect(latest(Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  failOld(new Error("gone before"));
  await expect(old).resolves.toBeUndefined();
});
