/**
 * The cameras that a person sends beside the first one: adds them to the call and takes them away again.
 *
 * Owns these cameras. The first one goes before all: where a device cannot use two cameras at once (iPhones, and many
 * Android phones), the added one is given back and the person is told so.
 */

import type { Call } from "./call";
import type { Clock } from "./clock";
import { DeviceError, facingOf, type DeviceProblem, type Facing } from "./devices";
import { FurtherCamera, type FurtherCameraOptions } from "./further-camera";
import type { LocalMedia } from "./local-media";
import { Observable, type Unsubscribe } from "./observable";

/** `none_left`: there is no other camera; `one_at_a_time`: the device works with one; `refused`: the server does not. */
export type AddProblem = "none_left" | "one_at_a_time" | "refused" | DeviceProblem;

export interface AddedCamera {
  source: string;
  deviceId: string | null;
  preview: MediaStream | null;
  facing: Facing | null;
  isSeen: boolean;
}

export interface FurtherCamerasState {
  cameras: readonly AddedCamera[];
  problem: AddProblem | null;
  busy: boolean;
}

export interface FurtherCamerasOptions {
  clock: Clock;
  call: Pick<Call, "addCamera" | "removeCamera">;
  media: LocalMedia;
  devices: FurtherCameraOptions["devices"];
  createStream: FurtherCameraOptions["createStream"];
}

export const NO_FURTHER_CAMERAS: FurtherCamerasState = { cameras: [], problem: null, busy: false };

/** With the first one that makes the protocol's four. */
const SOURCES = ["camera-2", "camera-3", "camera-4"] as const;
/** A second camera that takes the first one away does so at once. */
const SETTLED_AFTER_MS = 4000;

export class FurtherCameras {
  readonly state = new Observable<FurtherCamerasState>(NO_FURTHER_CAMERAS);
  private readonly cameras = new Map<string, FurtherCamera>();
  private readonly stopFollowing: Unsubscribe;
  /** The newest one, while it may still turn out to have cost the first one. */
  private onTrial: string | null = null;
  private closed = false;

  constructor(private readonly options: FurtherCamerasOptions) {
    this.stopFollowing = options.media.state.subscribe(() => this.firstChanged());
  }

  /** Adds this one. */
  async add(deviceId: string): Promise<void> {
    await this.addOneOf([{ deviceId: { exact: deviceId } }]);
  }

  /** Adds the camera that looks the other way, or else any other one. */
  async addOtherSide(): Promise<void> {
    const { facing } = this.options.media.state.value;
    const facingMode = { exact: facing === "user" ? "environment" : "user" };
    const others = this.unused.map(({ deviceId }) => ({ deviceId: { exact: deviceId } }));
    await this.addOneOf(facing === null ? others : [{ facingMode }, ...others]);
  }

  remove(source: string): void {
    this.drop(source);
    this.tell({ problem: null });
  }

  dismissProblem(): void {
    this.tell({ problem: null });
  }

  setHidden(hidden: boolean): void {
    for (const camera of this.cameras.values()) camera.setHidden(hidden);
  }

  devicesChanged(): void {
    for (const camera of this.cameras.values()) camera.recover();
  }

  close(): void {
    this.closed = true;
    this.stopFollowing();
    for (const source of [...this.cameras.keys()]) this.drop(source);
    this.state.set(NO_FURTHER_CAMERAS);
  }

  /** Cameras that neither this nor the first one uses. */
  private get unused(): readonly MediaDeviceInfo[] {
    const { cameras, cameraId } = this.options.media.state.value;
    const used = new Set([cameraId, ...[...this.cameras.values()].map((one) => one.deviceId)]);
    return cameras.filter((device) => !used.has(device.deviceId));
  }

  /** The first of these that can be opened. */
  private async addOneOf(choices: readonly MediaTrackConstraints[]): Promise<void> {
    const source = SOURCES.find((name) => !this.cameras.has(name));
    if (this.state.value.busy || source === undefined) return;
    if (this.unused.length === 0) {
      this.tell({ problem: "none_left" });
      return;
    }
    this.tell({ busy: true, problem: null });
    try {
      this.addAs(source, await this.openOneOf(choices));
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      this.tell({ problem: error.problem === "in_use" ? "one_at_a_time" : error.problem });
      // Asking for the second one may have cost the first one.
      this.options.media.recover();
    } finally {
      this.tell({ busy: false });
    }
  }

  private async openOneOf(choices: readonly MediaTrackConstraints[]): Promise<FurtherCamera> {
    let problem = new DeviceError("camera", "not_found");
    for (const which of choices) {
      const { clock, devices, createStream, media } = this.options;
      const camera = new FurtherCamera({ clock, devices, createStream, profile: media.profile, which });
      try {
        await camera.open();
        return camera;
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        problem = error;
        // Only where that one does not exist may another one do.
        if (error.problem !== "not_found") break;
      }
    }
    throw problem;
  }

  private addAs(source: string, camera: FurtherCamera): void {
    if (this.closed) {
      camera.close();
      return;
    }
    this.cameras.set(source, camera);
    this.onTrial = source;
    this.options.clock.after(SETTLED_AFTER_MS, () => {
      if (this.onTrial === source) this.onTrial = null;
    });
    camera.state.subscribe(() => this.tell({}));
    this.options.call.addCamera(source, camera, () => this.giveBack(source, "refused"));
    this.firstChanged();
    this.tell({});
  }

  /** The first camera has just been taken away by the second one. */
  private firstChanged(): void {
    const { camera, busy } = this.options.media.state.value;
    if ((camera !== "taken" && camera !== "unavailable") || busy || this.onTrial === null) return;
    this.giveBack(this.onTrial, "one_at_a_time");
    this.options.media.recover();
  }

  private giveBack(source: string, problem: AddProblem): void {
    this.drop(source);
    this.tell({ problem });
  }

  private drop(source: string): void {
    const camera = this.cameras.get(source);
    if (camera === undefined) return;
    this.cameras.delete(source);
    if (this.onTrial === source) this.onTrial = null;
    this.options.call.removeCamera(source);
    camera.close();
  }

  private tell(change: Partial<FurtherCamerasState>): void {
    if (this.closed) return;
    const cameras = [...this.cameras].map(([source, camera]) => ({
      source,
      deviceId: camera.deviceId,
      preview: camera.state.value.preview,
      facing: facingOf(camera.state.value.videoTrack?.getSettings()),
      isSeen: camera.state.value.camera === "on",
    }));
    this.state.set({ ...this.state.value, ...change, cameras });
  }
}
