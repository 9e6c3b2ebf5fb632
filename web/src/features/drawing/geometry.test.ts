import { describe, expect, test } from "vitest";

import { contained, nearestPlace, onScreen, placeAt, turned } from "./geometry";

describe("a picture shown whole", () => {
  test.each([
    ["across in an upright box", { width: 390, height: 844 }, 16 / 9, { left: 0, top: 312.3125, width: 390, height: 219.375 }],
    ["upright in a box across", { width: 1000, height: 640 }, 9 / 16, { left: 320, top: 0, width: 360, height: 640 }],
  ])("is in the middle: %s", (_, box, aspect, expected) => {
    expect(contained(box, aspect)).toEqual(expected);
  });

  test("a place and its point on the screen are the same thing", () => {
    const picture = contained({ width: 1000, height: 640 }, 9 / 16);
    const { x, y } = onScreen({ x: 0.25, y: 0.75 }, picture);
    expect([x, y]).toEqual([410, 480]);
    expect(placeAt(x, y, picture)).toEqual({ x: 0.25, y: 0.75 });
  });

  test("beside it there is no place, only a nearest one", () => {
    const picture = contained({ width: 1000, height: 640 }, 9 / 16);
    expect(placeAt(100, 320, picture)).toBeNull();
    expect(nearestPlace(100, 320, picture)).toEqual({ x: 0, y: 0.5 });
  });
});

describe("the phone is turned", () => {
  test("the middle stays, and what was at the edge of the shorter side moves in on the longer one", () => {
    expect(turned({ x: 0.5, y: 0.5 }, 9 / 16, 16 / 9)).toEqual({ x: 0.5, y: 0.5 });
    const edge = turned({ x: 1, y: 0.5 }, 9 / 16, 16 / 9);
    expect(edge.x).toBeCloseTo(0.5 + 0.5 * (9 / 16));
    expect(edge.y).toBe(0.5);
  });

  test("and back: everything is where it was", () => {
    const across = turned({ x: 0.3, y: 0.6 }, 9 / 16, 16 / 9);
    const upright = turned(across, 16 / 9, 9 / 16);
    expect([upright.x, upright.y]).toEqual([expect.closeTo(0.3), expect.closeTo(0.6)]);
  });

  test("another size of the same picture moves nothing", () => {
    expect(turned({ x: 0.3, y: 0.6 }, 1280 / 720, 854 / 480)).toEqual({ x: 0.3, y: 0.6 });
  });
});
