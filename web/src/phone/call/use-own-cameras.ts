/** The own cameras in a call on the phone: what they show, and what the person or somebody else does with them. */
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref, type ShallowRef } from "vue";

import { useObservable } from "@/features/call/parts/use-observable";
import { browserFurtherCameras } from "@/rtc/browser";
import type { Call } from "@/rtc/call";
import { CameraHand, type HandState, type OperatedCamera } from "@/rtc/camera-hand";
import { browserClock } from "@/rtc/clock";
import { DeviceError } from "@/rtc/devices";
import type { FurtherCameras, FurtherCamerasState } from "@/rtc/further-cameras";
import type { LocalMedia, LocalMediaState } from "@/rtc/local-media";
import type { CameraAbilities } from "@/rtc/messages";
import { CAMERA } from "@/rtc/pictures";

import { ownPictureId, type OwnCamera } from "./layout";

/** Of what the person tried themselves. */
export type OperatingFailure = "turnFailed" | "toolFailed";

export interface OwnCameras {
  own: Readonly<ShallowRef<LocalMediaState>>;
  further: FurtherCameras;
  added: Readonly<ShallowRef<FurtherCamerasState>>;
  /** The first one first. */
  pictures: ComputedRef<OwnCamera[]>;
  canTurn: ComputedRef<boolean>;
  hand: Readonly<ShallowRef<HandState>>;
  /** What the first camera can do; null while it sends nothing. */
  abilities: ComputedRef<CameraAbilities | null>;
  failure: Ref<OperatingFailure | null>;
  turn: () => Promise<void>;
  setTorch: (on: boolean) => Promise<void>;
  setZoom: (factor: number) => Promise<void>;
  answer: CameraHand["answer"];
}

export function useOwnCameras(call: Call, media: LocalMedia): OwnCameras {
  const view = useObservable(call.view);
  const own = useObservable(media.state);
  const further = browserFurtherCameras(call, media);
  const added = useObservable(further.state);
  const operator = new CameraHand({
    clock: browserClock,
    call,
    ownId: () => view.value.participantId,
    turn: () => media.turnCamera(),
  });
  const hand = useObservable(operator.state);
  const failure = ref<OperatingFailure | null>(null);

  // A browser that does not list its cameras may have another one.
  const canTurn = computed(() => own.value.cameras.length !== 1 && added.value.cameras.length === 0);
  /** Sources that the room knows; what it does not know cannot be operated. */
  const known = computed(
    () => view.value.participants.find((one) => one.participant_id === view.value.participantId)?.sources ?? [],
  );
  const operated = computed<OperatedCamera[]>(() => [
    { source: CAMERA, track: own.value.camera === "on" ? own.value.videoTrack : null, canTurn: canTurn.value },
    ...added.value.cameras
      .filter(({ source }) => known.value.includes(source))
      .map(({ source, preview, isSeen }) => ({
        source,
        track: isSeen ? (preview?.getVideoTracks()[0] ?? null) : null,
        canTurn: false,
      })),
  ]);
  watch(
    operated,
    (cameras) => {
      // While a camera is changed it is missing for a moment; nobody needs to know.
      if (!own.value.busy) operator.show(cameras);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    operator.close();
    further.close();
  });

  async function turn(): Promise<void> {
    failure.value = null;
    try {
      await media.turnCamera();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      failure.value = "turnFailed";
    }
  }

  async function tell(done: Promise<boolean>): Promise<void> {
    failure.value = null;
    if (!(await done)) failure.value = "toolFailed";
  }

  return {
    own,
    further,
    added,
    pictures: computed(() => [
      { id: ownPictureId(CAMERA), source: CAMERA, stream: own.value.preview, facing: own.value.facing },
      ...added.value.cameras.map(({ source, preview, facing }) => ({
        id: ownPictureId(source),
        source,
        stream: preview,
        facing,
      })),
    ]),
    canTurn,
    hand,
    abilities: computed(() => hand.value.abilities.get(CAMERA) ?? null),
    failure,
    turn,
    setTorch: (on) => tell(operator.setTorch(CAMERA, on)),
    setZoom: (factor) => tell(operator.setZoom(CAMERA, factor)),
    answer: (request, outcome) => operator.answer(request, outcome),
  };
}
