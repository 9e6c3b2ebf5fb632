import { expect, test } from "vitest";

import { DeviceError } from "@/rtc/devices";

import { createChoosing } from "./choosing";
import type { ChosenDevices } from "./device-memory";

function choosing(working: string) {
  const remembered: Partial<ChosenDevices>[] = [];
  const chooseCamera = (id: string): Promise<void> =>
    id === working ? Promise.resolve() : Promise.reject(new DeviceError("camera", "in_use"));
  const media = { chooseCamera, chooseMicrophone: () => Promise.resolve() };
  return { remembered, ...createChoosing(() => media, { remember: (chosen) => remembered.push(chosen) }) };
}

test("a camera that another program has is said, and not remembered", async () => {
  const { failed, remembered, choose } = choosing("free");
  await choose("camera", "taken");
  expect([failed.value, remembered]).toEqual(["camera", []]);
  await choose("camera", "free");
  expect([failed.value, remembered]).toEqual([null, [{ cameraId: "free" }]]);
});
