import { expect, test } from "vitest";

import { ageOf } from "./frame";

test.each([
  ["the camera's own time", { captureTime: 9_700, receiveTime: 9_900, presentationTime: 9_950 }, 300],
  ["else the time of arrival", { receiveTime: 9_900, presentationTime: 9_950 }, 100],
  ["else the time on the screen", { presentationTime: 9_950 }, 50],
  ["a picture that has stood still for seconds is as old as it is", { receiveTime: 4_000, presentationTime: 4_100 }, 6_000],
  ["a camera's time in the future is not believed", { captureTime: 10_500, receiveTime: 9_900, presentationTime: 0 }, 100],
  ["nor one from another clock", { captureTime: -200_000, receiveTime: 9_900, presentationTime: 0 }, 100],
])("%s", (_name, news, ageMs) => {
  expect(ageOf(news, 10_000)).toBe(ageMs);
});

test("without any news the picture is as new as now", () => {
  expect(ageOf(null, 10_000)).toBe(0);
});
