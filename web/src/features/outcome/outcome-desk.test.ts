/** What came of an inspection: newest answer wins, and a repeated try is the same answer again. */
import { expect, test, vi } from "vitest";

import { ApiError } from "@/api/client";

import type { InspectionRecord, NewAnswer, Outcome, OutcomeApi } from "./outcome-api";
import { answerOf, createOutcomeDesk, type Saying } from "./outcome-desk";

const RECORD = { id: "record", sha256: "abc", answers: [] } as unknown as InspectionRecord;
const SIGNED: Saying = { side: "enterprise", kind: "signature" };

function outcome(state: string): Outcome {
  return { state, parts: [] } as unknown as Outcome;
}

/** Answers are given by hand, in any order. */
function heldBack() {
  const waiting: { resolve: (found: Outcome) => void; reject: (error: unknown) => void }[] = [];
  const show = () => new Promise<Outcome>((resolve, reject) => waiting.push({ resolve, reject }));
  return { desk: createOutcomeDesk({ show } as unknown as OutcomeApi), waiting };
}

function answering(send: (id: string, said: NewAnswer) => Promise<void>) {
  const show = vi.fn(() => Promise.resolve(outcome("open")));
  const answer = (_record: string, id: string, said: NewAnswer) => send(id, said);
  return { desk: createOutcomeDesk({ show, answer } as unknown as OutcomeApi, "Pixel 8"), show };
}

test("an answer that was overtaken by a newer one is no news", async () => {
  const { desk, waiting } = heldBack();
  const looks = [desk.reload(), desk.reload()];
  waiting[1]?.resolve(outcome("ended"));
  waiting[0]?.resolve(outcome("open"));
  await Promise.all(looks);
  expect(desk.outcome.value?.state).toBe("ended");
});

test("a failure is told by its code, keeps what is known, and goes with the next answer", async () => {
  const { desk, waiting } = heldBack();
  const known = desk.reload();
  waiting[0]?.resolve(outcome("open"));
  await known;
  const failing = desk.reload();
  waiting[1]?.reject(new ApiError("not_found", 404, {}));
  await failing;
  expect([desk.problem.value, desk.outcome.value?.state]).toEqual(["not_found", "open"]);
  const again = desk.reload();
  waiting[2]?.resolve(outcome("ended"));
  await again;
  expect([desk.problem.value, desk.outcome.value?.state]).toEqual(["", "ended"]);
});

test("a failure that was overtaken is no news either", async () => {
  const { desk, waiting } = heldBack();
  const looks = [desk.reload(), desk.reload()];
  waiting[1]?.resolve(outcome("ended"));
  waiting[0]?.reject(new ApiError("not_found", 404, {}));
  await Promise.all(looks);
  expect(desk.problem.value).toBe("");
});

test("the same answer tried again has the same id, another one has its own", async () => {
  const ids: string[] = [];
  const { desk } = answering((id) => Promise.resolve(void ids.push(id)));
  await desk.answer(RECORD, SIGNED, null);
  await desk.answer(RECORD, SIGNED, null);
  await desk.answer(RECORD, { ...SIGNED, objection: "期限太短" }, null);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

test("an answer is about the text that was read, and is looked at afterwards", async () => {
  const sent: NewAnswer[] = [];
  const { desk, show } = answering((_, said) => Promise.resolve(void sent.push(said)));
  await desk.answer(RECORD, SIGNED, null);
  expect(sent).toEqual([{ ...SIGNED, signer_name: "", reason: "", objection: "", device: "Pixel 8", record_sha256: "abc" }]);
  expect(show).toHaveBeenCalledOnce();
});

test("an answer that failed is thrown, and nothing is asked for", async () => {
  const { desk, show } = answering(() => Promise.reject(new ApiError("record_superseded", 409, {})));
  await expect(desk.answer(RECORD, SIGNED, null)).rejects.toThrow();
  expect(show).not.toHaveBeenCalled();
});

test("each side has its own answer", () => {
  const record = { ...RECORD, answers: [{ side: "office" }] } as unknown as InspectionRecord;
  expect(answerOf(record, "office")).toEqual({ side: "office" });
  expect(answerOf(record, "enterprise")).toBeNull();
});
