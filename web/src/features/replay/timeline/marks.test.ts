/** Marks above the timeline: where they lie, and what happens when they lie on each other. */
import { expect, test } from "vitest";

import { drawnMarks, MARK_PX, type Mark } from "./marks";

const WINDOW = { startMs: 1_000, endMs: 101_000 };
const RECORD = { startMs: 0, endMs: 200_000 };

function mark(key: string, atMs: number): Mark {
  return { key, atMs, family: "judged", group: "good", label: key };
}

test("each mark lies at its moment, whatever order they came in", () => {
  const drawn = drawnMarks([mark("b", 76_000), mark("a", 26_000)], WINDOW, RECORD, 1000);
  expect(drawn.map(({ first, leftPct }) => [first.key, leftPct])).toEqual([
    ["a", 25],
    ["b", 75],
  ]);
});

test("marks outside the window are not drawn, those at its edges are", () => {
  const drawn = drawnMarks([mark("before", 999), mark("first", 1_000), mark("last", 101_000), mark("after", 101_001)], WINDOW, RECORD, 1000);
  expect(drawn.map(({ first }) => first.key)).toEqual(["first", "last"]);
});

test("marks closer than a finger are one, and nothing is lost in it", () => {
  const perPxMs = 100;
  const close = [mark("a", 1_000), mark("b", 1_000 + (MARK_PX - 1) * perPxMs), mark("c", 1_000 + MARK_PX * perPxMs)];
  expect(drawnMarks(close, WINDOW, RECORD, 1000).map(({ marks }) => marks.map(({ key }) => key))).toEqual([["a", "b"], ["c"]]);
});

test("before anything is laid out all marks are one", () => {
  expect(drawnMarks([mark("a", 2_000), mark("b", 90_000)], WINDOW, RECORD, 0)).toMatchObject([{ leftPct: 0, marks: [{ key: "a" }, { key: "b" }] }]);
});

test("what was before or after the record stands at its edge", () => {
  const drawn = drawnMarks([mark("waited", -5_000), mark("concluded", 300_000)], WINDOW, WINDOW, 1000);
  expect(drawn.map(({ first, leftPct }) => [first.key, leftPct])).toEqual([
    ["waited", 0],
    ["concluded", 100],
  ]);
  expect(drawnMarks([mark("waited", -5_000)], WINDOW, RECORD, 1000)).toEqual([]);
});
