/**
 * The inspector's stay in one call: the call itself, the own devices, and what can be done with them.
 *
 * The call starts at once and watches; camera and microphone join it when the browser has given them, so that an open
 * permission question holds nobody up. Both end with the component that uses this.
 */
import { markRaw, onScopeDispose, readonly, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import type { StaffApi } from "@/api/staff";
import { createChoosing, type Choosing } from "@/features/devices/choosing";
import { browserDeviceMemory } from "@/features/devices/device-memory";
import { browserEnvironment, browserFurtherCameras, browserMedia, browserObstacle } from "@/rtc/browser";
import { Call } from "@/rtc/call";
import { FIRST_VIEW, isOver, isSilenced, type CallView } from "@/rtc/call-view";
import { DeviceError, FACE_CAMERA, type DeviceProblem } from "@/rtc/devices";
import { NO_FURTHER_CAMERAS, type FurtherCameras, type FurtherCamerasState } from "@/rtc/further-cameras";
import { LocalMedia, type LocalMediaState } from "@/rtc/local-media";
import type { ClientMessage, PicturePreference } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";

import { usePageSignals } from "./parts/use-page-signals";

export type DeviceSetup = { name: "asking" } | { name: "ready" } | { name: "trouble"; problem: DeviceProblem } | { name: "watching" };

export interface CallRoom {
  view: Readonly<ShallowRef<CallView>>;
  own: Readonly<ShallowRef<LocalMediaState | null>>;
  further: Readonly<ShallowRef<FurtherCamerasState>>;
  devices: Readonly<ShallowRef<DeviceSetup>>;
  online: Readonly<Ref<boolean>>;
  /** Enters (again); an earlier stay is ended. */
  enter: () => void;
  openDevices: () => Promise<void>;
  watchOnly: () => void;
  toggleMicrophone: () => void;
  toggleCamera: () => void;
  /** What was chosen last and could not be taken; null once that is read. */
  notTaken: Choosing["failed"];
  chooseCamera: (deviceId: string) => Promise<void>;
  chooseMicrophone: (deviceId: string) => Promise<void>;
  /** The person knows that a device was pulled out. */
  noteUnplugged: () => void;
  addCamera: (deviceId: string) => void;
  removeCamera: (source: string) => void;
  preferPicture: (participantId: string, preference: PicturePreference) => void;
  /** Says something in the room; nothing while there is no call. */
  send: (message: ClientMessage) => void;
  /** Ties something to each call that is entered, from its beginning to its end. */
  onCall: (follow: (call: Call) => Unsubscribe) => void;
}

export function useCallRoom(inspectionId: string, api: StaffApi): CallRoom {
  const view = shallowRef<CallView>(FIRST_VIEW);
  const own = shallowRef<LocalMediaState | null>(null);
  const devices = shallowRef<DeviceSetup>({ name: "asking" });
  const online = ref(navigator.onLine);
  let call: Call | null = null;
  const further = shallowRef<FurtherCamerasState>(NO_FURTHER_CAMERAS);
  let media: LocalMedia | null = null;
  let cameras: FurtherCameras | null = null;
  let stopFollowing: Unsubscribe[] = [];
  const followers: ((call: Call) => Unsubscribe)[] = [];

  function enter(): void {
    endStay();
    const entered = markRaw(
      new Call({
        environment: browserEnvironment(window.location),
        requestTicket: async () => (await api.ticket(inspectionId)).ticket,
      }),
    );
    call = entered;
    view.value = entered.view.value;
    stopFollowing.push(
      entered.view.subscribe((next) => {
        view.value = next;
        media?.setSilenced(isSilenced(next));
        if (isOver(next.phase)) closeDevices();
      }),
    );
    for (const follow of followers) stopFollowing.push(follow(entered));
    entered.start();
    void openDevices();
  }

  async function openDevices(): Promise<void> {
    closeDevices();
    const obstacle = browserObstacle();
    if (obstacle !== null) {
      devices.value = { name: "trouble", problem: obstacle };
      return;
    }
    devices.value = { name: "asking" };
    const opening = (media = markRaw(browserMedia(FACE_CAMERA, browserDeviceMemory.read())));
    try {
      await opening.open();
    } catch (error) {
      opening.close();
      if (!(error instanceof DeviceError)) throw error;
      if (media === opening) {
        media = null;
        devices.value = { name: "trouble", problem: error.problem };
      }
      return;
    }
    // Meanwhile the person may have chosen to only watch, or the call may be over.
    if (media !== opening || call === null || isOver(view.value.phase)) {
      opening.close();
      return;
    }
    opening.setSilenced(isSilenced(view.value));
    own.value = opening.state.value;
    stopFollowing.push(opening.state.subscribe((state) => (own.value = state)));
    devices.value = { name: "ready" };
    call.setMedia(opening);
    const beside = (cameras = markRaw(browserFurtherCameras(call, opening)));
    stopFollowing.push(beside.state.subscribe((state) => (further.value = state)));
  }

  function closeDevices(): void {
    cameras?.close();
    cameras = null;
    media?.close();
    media = null;
    own.value = null;
  }

  function endStay(): void {
    for (const stop of stopFollowing) stop();
    stopFollowing = [];
    call?.stop();
    call = null;
    closeDevices();
  }

  const choosing = createChoosing(() => media, browserDeviceMemory);

  function toggleMicrophone(): void {
    if (own.value?.audioTrack) media?.setMicrophoneMuted(own.value.microphone !== "muted");
  }

  function toggleCamera(): void {
    if (own.value?.videoTrack) media?.setCameraMuted(own.value.camera !== "muted");
  }

  usePageSignals({
    hidden(hidden) {
      media?.setHidden(hidden);
      cameras?.setHidden(hidden);
    },
    online: (isOnline) => {
      online.value = isOnline;
      call?.setOnline(isOnline);
    },
    check: () => call?.check(),
    devicesChanged() {
      media?.devicesChanged();
      cameras?.devicesChanged();
    },
  });
  onScopeDispose(() => {
    // Going to another page of the product is leaving on purpose.
    call?.leave();
    endStay();
  });

  return {
    view,
    own,
    further,
    devices,
    online: readonly(online),
    enter,
    openDevices,
    watchOnly() {
      closeDevices();
      devices.value = { name: "watching" };
    },
    toggleMicrophone,
    toggleCamera,
    notTaken: choosing.failed,
    chooseCamera: (deviceId) => choosing.choose("camera", deviceId),
    chooseMicrophone: (deviceId) => choosing.choose("microphone", deviceId),
    noteUnplugged: () => media?.noteRead(),
    addCamera: (deviceId) => void cameras?.add(deviceId),
    removeCamera: (source) => cameras?.remove(source),
    preferPicture: (participantId, preference) =>
      call?.send({ type: "prefer_picture", participant_id: participantId, preference }),
    send: (message) => call?.send(message),
    onCall(follow) {
      followers.push(follow);
      if (call !== null) stopFollowing.push(follow(call));
    },
  };
}
