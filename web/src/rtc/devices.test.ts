import { expect, test } from "vitest";

import { cameraConstraints, FACE_CAMERA, obstacle, problemOf, SITE_CAMERA } from "./devices";

test("the site is shown by the rear camera at 1280x720 with 30 frames a second", () => {
  expect(cameraConstraints(SITE_CAMERA, { facing: "environment" })).toEqual({
    facingMode: { ideal: "environment" },
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
  });
});

test("a chosen camera is asked for exactly", () => {
  expect(cameraConstraints(FACE_CAMERA, { deviceId: "x" })).toMatchObject({ deviceId: { exact: "x" }, width: { ideal: 640 } });
});

test.each([
  ["NotAllowedError", "denied"],
  ["NotFoundError", "not_found"],
  ["OverconstrainedError", "not_found"],
  ["NotReadableError", "in_use"],
  ["SomethingNew", "failed"],
])("%s means %s", (name, problem) => {
  expect(problemOf(new DOMException("", name))).toBe(problem);
});

test.each([
  [{ isSecureContext: false, hasMediaDevices: false }, "insecure"],
  [{ isSecureContext: true, hasMediaDevices: false }, "unsupported"],
  [{ isSecureContext: true, hasMediaDevices: true }, null],
])("%j is an obstacle: %s", (place, expected) => {
  expect(obstacle(place)).toBe(expected);
});
