/** Signing with a finger: slips, lifted and lost pointers, two of them at once, and beginning anew. */
import { expect, test } from "vitest";

import { SHORTEST_PX, Signature } from "./signature";

const FINGER = 1;
const PALM = 2;

function stroke(signature: Signature, fromX: number, toX: number, pointerId = FINGER): void {
  signature.begin(pointerId, { x: fromX, y: 10 });
  signature.to(pointerId, { x: toX, y: 10 });
  signature.end(pointerId);
}

test("a stroke that is too short is no signature, one that is just long enough is", () => {
  const slip = new Signature();
  stroke(slip, 0, SHORTEST_PX - 1);
  expect(slip.isSigned).toBe(false);
  const signed = new Signature();
  stroke(signed, 0, SHORTEST_PX);
  expect(signed.isSigned).toBe(true);
});

test("a tap draws nothing, and several short strokes together are a signature", () => {
  const signature = new Signature();
  stroke(signature, 5, 5);
  expect(signature.isSigned).toBe(false);
  stroke(signature, 0, 25);
  stroke(signature, 100, 125);
  expect(signature.isSigned).toBe(true);
});

test("the way between two strokes is no line and counts nothing", () => {
  const signature = new Signature();
  stroke(signature, 0, 10);
  signature.begin(FINGER, { x: 500, y: 10 });
  expect(signature.to(FINGER, { x: 501, y: 10 })).toEqual({ x: 500, y: 10 });
  expect(signature.isSigned).toBe(false);
});

test("after a cancelled pointer nothing is drawn until the next one begins, and what was drawn counts", () => {
  const signature = new Signature();
  signature.begin(FINGER, { x: 0, y: 0 });
  signature.to(FINGER, { x: 30, y: 0 });
  signature.end(FINGER);
  expect(signature.to(FINGER, { x: 400, y: 0 })).toBeNull();
  expect(signature.isSigned).toBe(false);
  stroke(signature, 0, 10);
  expect(signature.isSigned).toBe(true);
});

test("the ball of the hand draws nothing and ends nothing while a finger signs", () => {
  const signature = new Signature();
  signature.begin(FINGER, { x: 0, y: 0 });
  signature.begin(PALM, { x: 300, y: 300 });
  expect(signature.to(PALM, { x: 400, y: 300 })).toBeNull();
  signature.end(PALM);
  expect(signature.to(FINGER, { x: 10, y: 0 })).toEqual({ x: 0, y: 0 });
  expect(signature.isSigned).toBe(false);
});

test("beginning anew, by the button or because the field got another size, takes everything back", () => {
  const signature = new Signature();
  stroke(signature, 0, 100);
  signature.begin(FINGER, { x: 0, y: 0 });
  signature.clear();
  expect(signature.isSigned).toBe(false);
  expect(signature.to(FINGER, { x: 90, y: 0 })).toBeNull();
});
