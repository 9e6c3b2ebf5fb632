/** The own microphone in a call: on or off by the person, off while an inspector silences them until they speak again. */
import { computed, watch, type ComputedRef, type Ref } from "vue";

import { createApiClient } from "@/api/client";
import { useObservable } from "@/features/call/parts/use-observable";
import type { Call } from "@/rtc/call";
import { isSilenced } from "@/rtc/call-view";
import type { LocalMedia } from "@/rtc/local-media";

import { createSpeakingAgain } from "./speaking-again";

export interface Microphone {
  muted: ComputedRef<boolean>;
  /** Speaking again was asked for, and nothing came of it. */
  stillSilenced: Readonly<Ref<boolean>>;
  /** Also takes back that an inspector has silenced oneself. */
  turn: () => void;
}

export function useMicrophone(call: Call, media: LocalMedia, token: string): Microphone {
  const view = useObservable(call.view);
  const own = useObservable(media.state);
  const speaking = createSpeakingAgain(createApiClient({ bearerToken: () => token }));
  watch(() => isSilenced(view.value), (silenced) => media.setSilenced(silenced), { immediate: true });
  const muted = computed(() => own.value.microphone === "muted");
  return {
    muted,
    stillSilenced: speaking.failed,
    turn() {
      if (own.value.silenced) void speaking.ask();
      media.setMicrophoneMuted(!muted.value);
    },
  };
}
