/** The speakers of this computer, and which one is to be used. One that is pulled out gives way to the system's. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { browserDeviceMemory } from "./device-memory";
import { canChooseSpeaker } from "./test-tone";

export interface Speakers {
  /** False: the system chooses, and the page cannot. */
  canChoose: boolean;
  list: Readonly<ShallowRef<readonly MediaDeviceInfo[]>>;
  /** Null: the system's own choice. */
  chosen: Readonly<Ref<string | null>>;
  /** The name of one that was chosen and is gone, until another one is chosen; else null. */
  gone: Readonly<Ref<string | null>>;
  choose: (speakerId: string | null) => void;
  reload: () => Promise<void>;
}

export function useSpeakers(): Speakers {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  const list = shallowRef<readonly MediaDeviceInfo[]>([]);
  const chosen = ref(canChooseSpeaker() ? browserDeviceMemory.read().speakerId : null);
  const gone = ref<string | null>(null);

  async function reload(): Promise<void> {
    const all = (await devices?.enumerateDevices().catch(() => null)) ?? null;
    if (all === null) return;
    const before = list.value.find((device) => device.deviceId === chosen.value);
    list.value = all.filter((device) => device.kind === "audiooutput" && device.deviceId !== "");
    const isThere = list.value.some((device) => device.deviceId === chosen.value);
    // Before the microphone was allowed browsers name no speakers: then nothing is known of it yet.
    if (chosen.value === null || isThere || list.value.length === 0) return;
    if (before !== undefined) gone.value = before.label;
    chosen.value = null;
  }

  const changed = (): void => void reload();
  devices?.addEventListener("devicechange", changed);
  onScopeDispose(() => devices?.removeEventListener("devicechange", changed));
  void reload();

  return {
    canChoose: canChooseSpeaker(),
    list,
    chosen,
    gone,
    choose(speakerId) {
      chosen.value = speakerId;
      gone.value = null;
      browserDeviceMemory.remember({ speakerId });
    },
    reload,
  };
}
