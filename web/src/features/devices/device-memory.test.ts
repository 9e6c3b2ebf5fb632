import { expect, test } from "vitest";

import { createDeviceMemory } from "./device-memory";

function store(first?: string) {
  const kept = new Map(first === undefined ? [] : [["inspect.devices", first]]);
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
}

test("what was chosen is there the next time, each device on its own", () => {
  const place = store();
  createDeviceMemory(() => place).remember({ cameraId: "c", speakerId: "s" });
  createDeviceMemory(() => place).remember({ microphoneId: "m", speakerId: null });
  expect(createDeviceMemory(() => place).read()).toEqual({ cameraId: "c", microphoneId: "m", speakerId: null });
});

test.each(["", "null", "[1", '{"cameraId":7}'])("what cannot be read (%s) is as if nothing was chosen", (kept) => {
  const memory = createDeviceMemory(() => store(kept));
  expect(memory.read()).toEqual({ cameraId: null, microphoneId: null, speakerId: null });
});

test("without storage nothing is remembered and nothing fails", () => {
  const memory = createDeviceMemory(() => {
    throw new DOMException("", "SecurityError");
  });
  memory.remember({ cameraId: "c" });
  expect(memory.read().cameraId).toBeNull();
});
