/** Which camera, microphone and speaker somebody has chosen on this computer, for the next call. */

export interface ChosenDevices {
  cameraId: string | null;
  microphoneId: string | null;
  /** Null: the system's own choice. */
  speakerId: string | null;
}

export interface DeviceMemory {
  read: () => ChosenDevices;
  remember: (chosen: Partial<ChosenDevices>) => void;
}

const KEY = "inspect.devices";
const NONE: ChosenDevices = { cameraId: null, microphoneId: null, speakerId: null };

/** Browsers may refuse storage altogether; then nothing is remembered. */
export function createDeviceMemory(storage: () => Pick<Storage, "getItem" | "setItem">): DeviceMemory {
  function read(): ChosenDevices {
    try {
      const kept: unknown = JSON.parse(storage().getItem(KEY) ?? "{}");
      if (typeof kept !== "object" || kept === null) return NONE;
      const idOf = (name: string): string | null => {
        const id: unknown = (kept as Record<string, unknown>)[name];
        return typeof id === "string" && id !== "" ? id : null;
      };
      return { cameraId: idOf("cameraId"), microphoneId: idOf("microphoneId"), speakerId: idOf("speakerId") };
    } catch {
      return NONE;
    }
  }
  return {
    read,
    remember(chosen) {
      try {
        storage().setItem(KEY, JSON.stringify({ ...read(), ...chosen }));
      } catch {
        // The next call begins with the system's choice.
      }
    },
  };
}

export const browserDeviceMemory = createDeviceMemory(() => window.localStorage);
