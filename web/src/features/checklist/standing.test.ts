/** How a list stands with what is on its way laid over it. */
import { expect, test } from "vitest";

import type { QueuedDecision } from "./decision-queue";
import { areasOf, decidedAt, lacksNote, nextOpen, openRequired, progressOf, proposedConclusion, rowsOf, withoutRemedy, type JudgedPart } from "./standing";

const AT = "2026-11-27T08:00:00.000Z";
const LATER = "2026-11-27T08:00:05.000Z";

type View = JudgedPart["items"][number];

function item(id: string, area: string, required: boolean, decision: View["decision"] = null): View {
  return {
    item: { id, position: Number(id), area, text: id, show: "", severity: "major", required, remote: "possible", why_not_remote: "", prepare: "", example: null },
    decision,
  };
}

function decided(judgement: NonNullable<View["decision"]>["judgement"]): View["decision"] {
  return {
    id: "d",
    judgement,
    note: "",
    severity: null,
    remedy: "",
    deadline: null,
    decided_by: "u",
    decided_by_name: "刘洋",
    decided_at: AT,
    judged_at: AT,
  };
}

function part(...items: View[]): JudgedPart {
  return { part_id: "p", items } as unknown as JudgedPart;
}

function waiting(itemId: string, judgement: QueuedDecision["body"]["judgement"], decided_at = LATER, note = ""): QueuedDecision {
  const words = { note, severity: null, remedy: "", deadline: null };
  return { id: `${itemId}${decided_at}`, attempted: false, body: { part_id: "p", checklist_item_id: itemId, judgement, decided_at, ...words } };
}

test("what is on its way counts already, and shows that it is not saved", () => {
  const [row] = rowsOf(part(item("1", "a", true)), [waiting("1", "pass")], "陈静");
  expect(row?.saved).toBe(false);
  expect(row?.standing).toMatchObject({ judgement: "pass", by: "陈静", judgedAt: LATER });
});

test("words do not move the second of the judgement, another judgement does", () => {
  const kept = part(item("1", "a", true, decided("fail")));
  expect(rowsOf(kept, [waiting("1", "fail", LATER, "破损")], "陈静")[0]?.standing).toMatchObject({ judgedAt: AT, note: "破损" });
  expect(rowsOf(kept, [waiting("1", "pass")], "陈静")[0]?.standing).toMatchObject({ judgedAt: LATER });
  expect(rowsOf(kept, [waiting("1", null)], "陈静")[0]?.standing).toBeNull();
});

test("what the server knows to be newer is not hidden by what still waits", () => {
  const kept = part(item("1", "a", true, decided("fail")));
  const old = waiting("1", "pass", "2026-11-27T07:59:00.000Z");
  expect(rowsOf(kept, [old], "陈静")[0]?.standing?.judgement).toBe("fail");
});

test("progress by area, what is open and what comes next", () => {
  const rows = rowsOf(
    part(item("1", "厂房", true, decided("pass")), item("2", "厂房", false), item("3", "实验室", true)),
    [],
    "陈静",
  );
  expect(areasOf(rows).map(({ area, progress }) => [area, progress.decided, progress.total, progress.requiredOpen])).toEqual([
    ["厂房", 1, 2, 0],
    ["实验室", 0, 1, 1],
  ]);
  expect(progressOf(rows)).toMatchObject({ total: 3, decided: 1, required: 2, requiredOpen: 1 });
  expect(openRequired(rows).map(({ point }) => point.id)).toEqual(["3"]);
  expect(nextOpen(rows, "1")).toBe("2");
  expect(nextOpen(rows, "3")).toBe("2");
  expect(withoutRemedy(rowsOf(part(item("1", "a", true, decided("fail"))), [], ""))).toHaveLength(1);
});

test("a decision is never made before the one that it follows", () => {
  const before = rowsOf(part(item("1", "a", true, decided("pass"))), [], "")[0]?.standing ?? null;
  expect(decidedAt(Date.parse(AT) - 60_000, before)).toBe("2026-11-27T08:00:00.001Z");
  expect(decidedAt(Date.parse(LATER), before)).toBe(LATER);
  expect(decidedAt(Date.parse(AT), null)).toBe(AT);
});

test("what no picture shows passes only with a word", () => {
  const unseen = (...[id, area, required, decision]: Parameters<typeof item>): View => {
    const view = item(id, area, required, decision);
    return { ...view, item: { ...view.item, remote: "impossible" } };
  };
  const kept = part(item("1", "a", true, decided("pass")), unseen("2", "a", true, decided("pass")), unseen("3", "a", true, decided("fail")));
  expect(rowsOf(kept, [], "陈静").filter(lacksNote).map(({ point }) => point.id)).toEqual(["2"]);
  expect(rowsOf(kept, [waiting("2", "pass", LATER, "看过检测报告")], "陈静").filter(lacksNote)).toEqual([]);
  expect(rowsOf(kept, [waiting("2", "pass", LATER, " ")], "陈静").filter(lacksNote)).toHaveLength(1);
});

test("nothing is proposed before the server has every decision", () => {
  const kept: JudgedPart = { ...part(item("1", "a", true, decided("pass"))), suggested: "pass" };
  expect(proposedConclusion(kept, rowsOf(kept, [waiting("1", "fail")], ""))).toBeNull();
  expect(proposedConclusion(kept, rowsOf(kept, [], ""))).toBe("pass");
  const open: JudgedPart = { ...part(item("1", "a", true, decided("fail")), item("2", "a", true)), suggested: null };
  expect(proposedConclusion(open, rowsOf(open, [], ""))).toBe("rectify");
});
