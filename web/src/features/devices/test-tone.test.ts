import { expect, test } from "vitest";

import { toneWav } from "./test-tone";

test("is a WAVE file whose sizes fit, that begins and ends in silence and can be heard between", () => {
  const bytes = new DataView(toneWav());
  const word = (at: number) => String.fromCharCode(...[0, 1, 2, 3].map((index) => bytes.getUint8(at + index)));
  expect([word(0), word(8), word(36)]).toEqual(["RIFF", "WAVE", "data"]);
  expect(bytes.getUint32(4, true)).toBe(bytes.byteLength - 8);
  expect(bytes.getUint32(40, true)).toBe(bytes.byteLength - 44);
  const samples = Array.from({ length: (bytes.byteLength - 44) / 2 }, (_, index) => bytes.getInt16(44 + index * 2, true));
  expect(samples[0]).toBe(0);
  expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(50);
  expect(Math.max(...samples.map(Math.abs))).toBeGreaterThan(8000);
});
