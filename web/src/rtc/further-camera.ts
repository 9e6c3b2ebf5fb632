/**
 * One camera beside the first one: opens it, and brings it back after the system took it away. Without sound: the
 * microphone belongs to the first.
 *
 * Owns the track. Whoever sends it watches `state`.
 */

import type { Clock } from "./clock";
import { cameraConstraints, DeviceError, problemOf, type SendingProfile } from "./devices";
import { conditionOf } from "./media-condition";
import type { MediaCondition } from "./messages";
import { Observable } from "./observable";

export interface FurtherCameraState {
  camera: MediaCondition;
  microphone: "off";
  videoTrack: MediaStreamTrack | null;
  audioTrack: null;
  /** For the own picture; a new object when the camera was opened anew. */
  preview: MediaStream | null;
  busy: boolean;
}

export interface FurtherCameraOptions {
  clock: Clock;
  profile: SendingProfile;
  devices: Pick<MediaDevices, "getUserMedia">;
  createStream(tracks: MediaStreamTrack[]): MediaStream;
  /** Which one: `deviceId` or `facingMode`. */
  which: MediaTrackConstraints;
}

/** A moment's mute heals by itself; only what stays away is opened again. */
const TAKEN_FOR_GOOD_MS = 1500;
/** Who has it meanwhile gives it back without a word. */
const TRY_AGAIN_MS = 5000;

export class FurtherCamera {
  readonly state = new Observable<FurtherCameraState>({
    camera: "unavailable",
    microphone: "off",
    videoTrack: null,
    audioTrack: null,
    preview: null,
    busy: false,
  });
  private hidden = false;
  private takenInSight = false;
  private inUse = false;
  private callOffRecovery = (): void => undefined;
  private closed = false;

  constructor(private readonly options: FurtherCameraOptions) {}

  get profile(): SendingProfile {
    return this.options.profile;
  }

  /** The device that was opened; null if the browser does not tell. */
  get deviceId(): string | null {
    return this.state.value.videoTrack?.getSettings().deviceId ?? null;
  }

  /**
   * Raises:
   *     DeviceError: it cannot be had.
   */
  async open(): Promise<void> {
    const video = { ...cameraConstraints(this.profile, null), ...this.options.which };
    this.state.set({ ...this.state.value, busy: true });
    try {
      const stream = await this.options.devices.getUserMedia({ video });
      const track = stream.getVideoTracks()[0];
      if (track === undefined) throw new DeviceError("camera", "failed");
      this.use(track);
    } catch (error) {
      const fault = error instanceof DeviceError ? error : new DeviceError("camera", problemOf(error));
      this.inUse = fault.problem === "in_use";
      throw fault;
    } finally {
      this.state.set({ ...this.state.value, busy: false });
    }
  }

  setHidden(hidden: boolean): void {
    if (hidden && !this.hidden) this.takenInSight = this.state.value.camera === "taken";
    this.hidden = hidden;
    this.refresh();
    if (!hidden) this.recover();
  }

  /** Opens it again if it was taken away. */
  recover(): void {
    this.recoverAfter(TAKEN_FOR_GOOD_MS);
  }

  close(): void {
    this.closed = true;
    this.stop();
    this.state.set({ ...this.state.value, camera: "off", videoTrack: null, preview: null });
  }

  private recoverAfter(delayMs: number): void {
    if (this.hidden || this.closed) return;
    this.callOffRecovery();
    this.callOffRecovery = this.options.clock.after(delayMs, () => void this.reopenTaken());
  }

  private async reopenTaken(): Promise<void> {
    const { videoTrack, busy } = this.state.value;
    const isTaken = videoTrack === null || videoTrack.readyState === "ended" || videoTrack.muted;
    if (!isTaken || busy || this.hidden || this.closed) return;
    // A camera that is still missing shows in the state.
    await this.open().catch(() => this.refresh());
    if (this.state.value.camera === "taken") this.recoverAfter(TRY_AGAIN_MS);
  }

  private use(track: MediaStreamTrack): void {
    if (this.closed) {
      track.stop();
      return;
    }
    this.stop();
    this.inUse = false;
    track.contentHint = this.profile.contentHint;
    track.onmute = track.onended = () => {
      this.refresh();
      this.recover();
    };
    track.onunmute = () => this.refresh();
    this.state.set({ ...this.state.value, videoTrack: track, preview: this.options.createStream([track]) });
    this.refresh();
  }

  private stop(): void {
    const { videoTrack } = this.state.value;
    if (videoTrack === null) return;
    videoTrack.onmute = videoTrack.onunmute = videoTrack.onended = null;
    videoTrack.stop();
  }

  private refresh(): void {
    if (this.closed) return;
    const camera = conditionOf({
      wanted: true,
      mutedByPerson: false,
      track: this.state.value.videoTrack,
      inUse: this.inUse,
      hidden: this.hidden,
      takenInSight: this.takenInSight,
      backgroundTakesIt: this.profile.backgroundTakesCamera,
    });
    this.state.set({ ...this.state.value, camera });
  }
}
