/** What the page of a call shows whoever takes part: the people, their pictures and what is on them, the time, the sound. */
import { computed, onScopeDispose, provide, ref, type ComputedRef, type Ref, type ShallowRef } from "vue";
import { useI18n } from "vue-i18n";

import { createPlayback, PLAYBACK, type Playback } from "@/features/call/parts/playback";
import { useNow } from "@/features/call/parts/use-now";
import { useObservable } from "@/features/call/parts/use-observable";
import { useWakeLock } from "@/features/call/parts/use-wake-lock";
import { createBoards, type Boards } from "@/features/drawing/boards";
import type { Call } from "@/rtc/call";
import type { CallView } from "@/rtc/call-view";
import { browserClock } from "@/rtc/clock";
import type { ParticipantState } from "@/rtc/messages";
import { picturesOf, type Picture } from "@/rtc/pictures";

import { useBattery, type Battery } from "./battery";
import { present } from "./layout";
import { personName } from "./person-name";

export interface CallPage {
  view: Readonly<ShallowRef<CallView>>;
  now: Readonly<Ref<number>>;
  openedAtMs: number;
  online: Ref<boolean>;
  battery: Readonly<Ref<Battery | null>>;
  boards: Boards;
  playback: Playback;
  others: ComputedRef<ParticipantState[]>;
  /** Everybody else's. */
  pictures: ComputedRef<Picture[]>;
  durationMs: ComputedRef<number | null>;
  nameOf: (participantId: string) => string;
}

export function useCallPage(call: Call): CallPage {
  const { t } = useI18n();
  const view = useObservable(call.view);
  const now = useNow();
  const boards = createBoards(browserClock);
  onScopeDispose(boards.follow(call));
  const playback = createPlayback();
  provide(PLAYBACK, playback);
  useWakeLock();
  const others = computed(() => present(view.value.participants, view.value.participantId));
  return {
    view,
    now,
    openedAtMs: Date.now(),
    online: ref(navigator.onLine),
    battery: useBattery(),
    boards,
    playback,
    others,
    pictures: computed(() => picturesOf(others.value)),
    durationMs: computed(() => {
      const { startedAtMs, clockOffsetMs } = view.value;
      return startedAtMs === null ? null : now.value + clockOffsetMs - startedAtMs;
    }),
    nameOf(participantId) {
      const person = view.value.participants.find((one) => one.participant_id === participantId);
      return person === undefined ? "" : personName(person, t);
    },
  };
}
