/** Taking another device: one that works is remembered; of one that does not it is said, for the one before goes on. */
import { shallowRef, type ShallowRef } from "vue";

import { DeviceError, type DeviceKind } from "@/rtc/devices";
import type { LocalMedia } from "@/rtc/local-media";

import type { DeviceMemory } from "./device-memory";

export interface Choosing {
  /** What was chosen last and could not be taken. */
  failed: ShallowRef<DeviceKind | null>;
  choose: (kind: DeviceKind, deviceId: string) => Promise<void>;
}

export function createChoosing(
  media: () => Pick<LocalMedia, "chooseCamera" | "chooseMicrophone"> | null,
  memory: Pick<DeviceMemory, "remember">,
): Choosing {
  const failed = shallowRef<DeviceKind | null>(null);
  return {
    failed,
    async choose(kind, deviceId) {
      failed.value = null;
      try {
        await (kind === "camera" ? media()?.chooseCamera(deviceId) : media()?.chooseMicrophone(deviceId));
        memory.remember(kind === "camera" ? { cameraId: deviceId } : { microphoneId: deviceId });
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        failed.value = kind;
      }
    },
  };
}
