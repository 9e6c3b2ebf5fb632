/**
 * The own camera and microphone: opens, mutes, switches and brings them back after the system took them away.
 *
 * Owns the tracks. Whoever sends them watches `state` and replaces tracks when they change.
 */

import type { Clock } from "./clock";
import {
  cameraConstraints,
  DeviceError,
  facingOf,
  firmly,
  loosely,
  microphoneConstraints,
  problemOf,
  type CameraChoice,
  type DeviceChoice,
  type DeviceKind,
  type DeviceProblem,
  type Facing,
  type SendingProfile,
} from "./devices";
import { conditionOf } from "./media-condition";
import type { MediaCondition } from "./messages";
import { Observable } from "./observable";

/** A device that was in use and is no longer plugged in. */
export interface Unplugged {
  kind: DeviceKind;
  /** As the system names it; may be empty. */
  label: string;
  /** What is used in its place; null if there is nothing. */
  instead: string | null;
}

export interface LocalMediaState {
  camera: MediaCondition;
  microphone: MediaCondition;
  cameraProblem: DeviceProblem | null;
  microphoneProblem: DeviceProblem | null;
  videoTrack: MediaStreamTrack | null;
  audioTrack: MediaStreamTrack | null;
  /** For the own picture; a new object when the camera changes, null without a camera. */
  preview: MediaStream | null;
  facing: Facing | null;
  cameraId: string | null;
  microphoneId: string | null;
  cameras: readonly MediaDeviceInfo[];
  microphones: readonly MediaDeviceInfo[];
  /** An inspector lets nobody hear the person: the microphone is off, whatever they choose. */
  silenced: boolean;
  /** The newest one that nobody has taken note of, or null. */
  unplugged: Unplugged | null;
  /** A device is being opened or changed. */
  busy: boolean;
}

export interface LocalMediaOptions {
  clock: Clock;
  profile: SendingProfile;
  devices: Pick<MediaDevices, "getUserMedia" | "enumerateDevices">;
  createStream(tracks: MediaStreamTrack[]): MediaStream;
  /** Used where they are plugged in. */
  preferred?: { cameraId: string | null; microphoneId: string | null };
}

/** iOS mutes a track for a moment at each change of its audio route; only what stays muted is opened again. */
const MUTED_FOR_GOOD_MS = 1500;
/** Who has the device meanwhile, as in a phone call, gives it back without a word to a page that had to let go of it. */
const TRY_AGAIN_MS = 5000;

const NOTHING: LocalMediaState = {
  camera: "off",
  microphone: "off",
  cameraProblem: null,
  microphoneProblem: null,
  videoTrack: null,
  audioTrack: null,
  preview: null,
  facing: null,
  cameraId: null,
  microphoneId: null,
  cameras: [],
  microphones: [],
  silenced: false,
  unplugged: null,
  busy: false,
};

type TrackKey = "videoTrack" | "audioTrack";

export class LocalMedia {
  readonly state = new Observable<LocalMediaState>(NOTHING);
  private cameraWanted = false;
  private microphoneWanted = false;
  private cameraMuted = false;
  private microphoneMuted = false;
  private silenced = false;
  private hidden = false;
  private takenInSight = { camera: false, microphone: false };
  private callOffRecovery = (): void => undefined;
  private closed = false;
  private choice: CameraChoice;
  private microphoneChoice: DeviceChoice | null;
  private lastStep: Promise<void> = Promise.resolve();

  constructor(private readonly options: LocalMediaOptions) {
    const { profile, preferred } = options;
    const { cameraId = null, microphoneId = null } = preferred ?? {};
    const usual = profile.facing === null ? null : { facing: profile.facing };
    this.choice = cameraId === null ? usual : { preferredId: cameraId };
    this.microphoneChoice = microphoneId === null ? null : { preferredId: microphoneId };
  }

  get profile(): SendingProfile {
    return this.options.profile;
  }

  /**
   * Asks for camera and microphone.
   *
   * One that is missing is noted in `state`, and the other is used alone.
   *
   * Raises:
   *     DeviceError: neither can be had, or the camera cannot and this side cannot do without.
   */
  async open(): Promise<void> {
    this.cameraWanted = this.microphoneWanted = true;
    await this.inTurn(() => this.openBoth());
  }

  setMicrophoneMuted(muted: boolean): void {
    this.microphoneMuted = muted;
    this.refresh();
  }

  /** By an inspector. What the person has chosen themselves holds again afterwards. */
  setSilenced(silenced: boolean): void {
    if (this.silenced === silenced || this.closed) return;
    this.silenced = silenced;
    this.refresh();
  }

  setCameraMuted(muted: boolean): void {
    this.cameraMuted = muted;
    this.refresh();
  }

  /** The page went to the background, or came back: then what the system took is opened again. */
  setHidden(hidden: boolean): void {
    if (hidden && !this.hidden) {
      const { camera, microphone } = this.state.value;
      this.takenInSight = { camera: camera === "taken", microphone: microphone === "taken" };
    }
    this.hidden = hidden;
    this.refresh();
    if (!hidden) this.recover();
  }

  /** Turns to the other side of a phone. */
  async turnCamera(): Promise<void> {
    const facing: Facing = this.state.value.facing === "user" ? "environment" : "user";
    await this.changeCamera({ facing });
  }

  async chooseCamera(deviceId: string): Promise<void> {
    this.cameraWanted = true;
    this.noteRead();
    await this.changeCamera({ deviceId });
  }

  async chooseMicrophone(deviceId: string): Promise<void> {
    this.microphoneWanted = true;
    this.noteRead();
    await this.inTurn(async () => {
      const track = await this.ask("microphone", { audio: microphoneConstraints({ deviceId }) });
      this.microphoneChoice = { deviceId };
      this.use("audioTrack", track);
    });
  }

  /** The person knows that a device is gone. */
  noteRead(): void {
    if (this.state.value.unplugged !== null) this.state.set({ ...this.state.value, unplugged: null });
  }

  /** Devices were plugged in or out. */
  devicesChanged(): void {
    void this.listDevices();
    this.recover();
  }

  /** Opens again what was taken away: a call came in, another app used the camera, the device was unplugged. */
  recover(): void {
    this.recoverAfter(MUTED_FOR_GOOD_MS);
  }

  close(): void {
    this.closed = true;
    this.use("videoTrack", null);
    this.use("audioTrack", null);
    this.state.set(NOTHING);
  }

  private recoverAfter(delayMs: number): void {
    if (this.hidden || this.closed) return;
    this.callOffRecovery();
    this.callOffRecovery = this.options.clock.after(delayMs, () => {
      if (!this.hidden && !this.closed) void this.inTurn(() => this.reopenTaken());
    });
  }

  private async openBoth(): Promise<void> {
    const { profile } = this.options;
    const plugged = await this.pluggedIds();
    const video = cameraConstraints(profile, firmly(this.choice, plugged));
    const audio = microphoneConstraints(firmly(this.microphoneChoice, plugged));
    try {
      this.take(await this.options.devices.getUserMedia({ video, audio }));
    } catch (error) {
      const problem = problemOf(error);
      // After a refusal a second question would only annoy; with one device missing the other may do.
      if (problem === "denied") throw this.noted("camera", "microphone", problem);
      await this.openOneByOne(video, audio);
    }
    void this.listDevices();
  }

  private async openOneByOne(video: MediaTrackConstraints, audio: MediaTrackConstraints): Promise<void> {
    let cameraFault: DeviceError | null = null;
    try {
      this.use("videoTrack", await this.ask("camera", { video }));
    } catch (error) {
      if (!(error instanceof DeviceError) || this.options.profile.cameraRequired) throw error;
      cameraFault = error;
    }
    try {
      this.use("audioTrack", await this.ask("microphone", { audio }));
    } catch (error) {
      if (!(error instanceof DeviceError) || cameraFault !== null) throw cameraFault ?? error;
    }
  }

  private async changeCamera(choice: CameraChoice): Promise<void> {
    await this.inTurn(async () => {
      const before = this.choice;
      // Most phones cannot open two cameras at once, so the old one goes first.
      this.use("videoTrack", null);
      try {
        await this.openChosenCamera(choice);
      } catch (error) {
        await this.openChosenCamera(before);
        throw error;
      }
    });
  }

  private async openChosenCamera(choice: CameraChoice): Promise<void> {
    this.choice = choice;
    const video = cameraConstraints(this.options.profile, firmly(choice, await this.pluggedIds()));
    this.use("videoTrack", await this.ask("camera", { video }));
  }

  private async reopenTaken(): Promise<void> {
    // What was refused would be asked for in vain, or with a question at an odd moment.
    const { videoTrack, audioTrack, cameraProblem, microphoneProblem, cameraId, microphoneId } = this.state.value;
    const plugged = await this.pluggedIds();
    if (this.cameraWanted && cameraProblem !== "denied" && isTaken(videoTrack)) {
      const isGone = isUnplugged(videoTrack, cameraId, plugged);
      this.use("videoTrack", null);
      await this.openChosenCamera(this.choice === null ? null : loosely(this.choice)).catch(missing);
      if (isGone) this.tellUnplugged("camera", videoTrack, this.state.value.videoTrack);
    }
    if (this.microphoneWanted && microphoneProblem !== "denied" && isTaken(audioTrack)) {
      const isGone = isUnplugged(audioTrack, microphoneId, plugged);
      this.use("audioTrack", null);
      const choice = this.microphoneChoice === null ? null : firmly(loosely(this.microphoneChoice), plugged);
      this.use("audioTrack", await this.ask("microphone", { audio: microphoneConstraints(choice) }).catch(missing));
      if (isGone) this.tellUnplugged("microphone", audioTrack, this.state.value.audioTrack);
    }
    const { camera, microphone } = this.state.value;
    if (camera === "taken" || microphone === "taken") this.recoverAfter(TRY_AGAIN_MS);
  }

  private tellUnplugged(kind: DeviceKind, before: MediaStreamTrack | null, now: MediaStreamTrack | null): void {
    this.state.set({ ...this.state.value, unplugged: { kind, label: before?.label ?? "", instead: now?.label ?? null } });
  }

  /** Null where the browser does not tell. */
  private async pluggedIds(): Promise<ReadonlySet<string> | null> {
    const all = await this.options.devices.enumerateDevices().catch(() => null);
    return all === null ? null : new Set(all.map((device) => device.deviceId));
  }

  private async ask(kind: "camera" | "microphone", constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
    try {
      const stream = await this.options.devices.getUserMedia(constraints);
      const track = stream.getTracks()[0];
      if (track === undefined) throw this.noted(kind, null, "failed");
      return track;
    } catch (error) {
      throw error instanceof DeviceError ? error : this.noted(kind, null, problemOf(error));
    }
  }

  private noted(kind: "camera" | "microphone", also: "microphone" | null, problem: DeviceProblem): DeviceError {
    const state = { ...this.state.value };
    if (kind === "camera") state.cameraProblem = problem;
    if (kind === "microphone" || also === "microphone") state.microphoneProblem = problem;
    this.state.set(this.withConditions(state));
    return new DeviceError(kind, problem);
  }

  private take(stream: MediaStream): void {
    this.use("videoTrack", stream.getVideoTracks()[0] ?? null);
    this.use("audioTrack", stream.getAudioTracks()[0] ?? null);
  }

  /** Puts a track in the place of the one before, which is stopped. */
  private use(key: TrackKey, track: MediaStreamTrack | null): void {
    if (this.closed && track !== null) {
      track.stop();
      return;
    }
    const before = this.state.value[key];
    if (before !== null) {
      before.onmute = before.onunmute = before.onended = null;
      before.stop();
    }
    const settings = track?.getSettings();
    const deviceId = settings?.deviceId ?? null;
    const state: LocalMediaState = { ...this.state.value, [key]: track };
    if (key === "videoTrack") {
      if (track !== null) track.contentHint = this.options.profile.contentHint;
      state.preview = track === null ? null : this.options.createStream([track]);
      if (track !== null) {
        state.cameraProblem = null;
        state.cameraId = deviceId;
        state.facing = this.facingOf(settings);
      }
    } else if (track !== null) {
      state.microphoneProblem = null;
      state.microphoneId = deviceId;
    }
    if (track !== null) {
      track.onmute = track.onended = () => {
        this.refresh();
        this.recover();
      };
      track.onunmute = () => this.refresh();
    }
    this.state.set(this.withConditions(state));
  }

  /** Where that is not told it is what was asked for. */
  private facingOf(settings: MediaTrackSettings | undefined): Facing | null {
    const told = facingOf(settings);
    if (told !== null) return told;
    return this.choice !== null && "facing" in this.choice ? this.choice.facing : null;
  }

  private refresh(): void {
    this.state.set(this.withConditions(this.state.value));
  }

  private withConditions(state: LocalMediaState): LocalMediaState {
    const { videoTrack, audioTrack } = state;
    if (videoTrack !== null) videoTrack.enabled = !this.cameraMuted;
    const microphoneMuted = this.microphoneMuted || this.silenced;
    if (audioTrack !== null) audioTrack.enabled = !microphoneMuted;
    return {
      ...state,
      silenced: this.silenced,
      camera: conditionOf({
        wanted: this.cameraWanted,
        mutedByPerson: this.cameraMuted,
        track: videoTrack,
        inUse: state.cameraProblem === "in_use",
        hidden: this.hidden,
        takenInSight: this.takenInSight.camera,
        backgroundTakesIt: this.options.profile.backgroundTakesCamera,
      }),
      microphone: conditionOf({
        wanted: this.microphoneWanted,
        mutedByPerson: microphoneMuted,
        track: audioTrack,
        inUse: state.microphoneProblem === "in_use",
        hidden: this.hidden,
        takenInSight: this.takenInSight.microphone,
        backgroundTakesIt: false,
      }),
    };
  }

  private async listDevices(): Promise<void> {
    const all = await this.options.devices.enumerateDevices().catch(() => []);
    if (this.closed) return;
    this.state.set({
      ...this.state.value,
      cameras: all.filter((device) => device.kind === "videoinput" && device.deviceId !== ""),
      microphones: all.filter((device) => device.kind === "audioinput" && device.deviceId !== ""),
    });
  }

  /** Steps that open devices go one after the other: browsers mix up what is asked for at the same time. */
  private async inTurn(step: () => Promise<void>): Promise<void> {
    const run = this.lastStep.then(async () => {
      this.state.set({ ...this.state.value, busy: true });
      try {
        await step();
      } finally {
        this.state.set({ ...this.state.value, busy: false });
      }
    });
    this.lastStep = run.catch(() => undefined);
    await run;
  }
}

function isTaken(track: MediaStreamTrack | null): boolean {
  return track === null || track.readyState === "ended" || track.muted;
}

/** Whether it ended because its device was pulled out, and not because somebody else has it. */
function isUnplugged(track: MediaStreamTrack | null, deviceId: string | null, plugged: ReadonlySet<string> | null): boolean {
  return track?.readyState === "ended" && deviceId !== null && plugged !== null && !plugged.has(deviceId);
}

/** What is missing has been noted in the state. */
function missing(error: unknown): null {
  if (error instanceof DeviceError) return null;
  throw error;
}
