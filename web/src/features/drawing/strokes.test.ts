import { expect, test } from "vitest";

import type { DrawnOnPicture, DrawnShape } from "@/rtc/messages";

import { INKS, strokeOf } from "./strokes";

const PICTURE = { left: 10, top: 20, width: 1280, height: 720 };
const ASPECT = 1280 / 720;

function drawn(shape: Omit<DrawnShape, "id">): DrawnOnPicture {
  return { author: "li", aspect: ASPECT, shape: { id: "s", ...shape } };
}

test("a line goes through all its points, in its ink with the rim of that", () => {
  const points: DrawnShape["points"] = [{ x: 0, y: 0 }, { x: 0.5, y: 0.5 }, { x: 1, y: 0 }];
  const stroke = strokeOf(drawn({ kind: "line", ink: "yellow", points }), PICTURE, ASPECT);
  expect(stroke).toMatchObject({ path: "M10 20L650 380L1290 20", width: 4, ...INKS.yellow });
});

test("a circle fills the rectangle between its points, wherever it was begun", () => {
  const path = (points: DrawnShape["points"]) => strokeOf(drawn({ kind: "circle", points }), PICTURE, ASPECT).path;
  const downwards = path([{ x: 0.25, y: 0.25 }, { x: 0.75, y: 0.75 }]);
  expect(downwards).toBe("M330 380A320 180 0 0 1 970 380A320 180 0 0 1 330 380Z");
  expect(path([{ x: 0.75, y: 0.75 }, { x: 0.25, y: 0.25 }])).toBe(downwards);
});

test("an arrow ends in a head at its last point", () => {
  const { path } = strokeOf(drawn({ kind: "arrow", points: [{ x: 0, y: 0.5 }, { x: 0.5, y: 0.5 }] }), PICTURE, ASPECT);
  expect(path).toBe("M10 380L650 380M625.4 366.6L650 380L625.4 393.4");
});

test("words stand at their point, in letters that grow with the picture", () => {
  const shape = drawn({ kind: "text", text: "铭牌", points: [{ x: 0.5, y: 0.5 }] });
  expect(strokeOf(shape, PICTURE, ASPECT).words).toEqual({ text: "铭牌", x: 650, y: 380, size: 30 });
  expect(strokeOf(shape, { left: 0, top: 0, width: 320, height: 180 }, ASPECT).words?.size).toBe(14);
});

test("in a mirrored picture the shape is mirrored, its line as thick as ever", () => {
  const shape = drawn({ kind: "line", points: [{ x: 0.25, y: 0 }, { x: 1, y: 1 }] });
  const stroke = strokeOf(shape, { left: 1280, top: 0, width: -1280, height: 720 }, ASPECT);
  expect(stroke).toMatchObject({ path: "M960 0L0 720", width: 4 });
});
