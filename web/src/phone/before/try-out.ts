/**
 * The test of the phone before the call: camera, microphone, location, network, battery, storage.
 *
 * Opens the camera, which goes on into the call; everything else is asked for side by side. What is known is told to the
 * server at the end, or when the person skips the rest. Trying again begins anew.
 */
import type { DeviceKind, DeviceProblem } from "@/rtc/devices";
import { DeviceError } from "@/rtc/devices";
import type { LocalMedia } from "@/rtc/local-media";
import { Observable } from "@/rtc/observable";

import {
  judgeBattery,
  judgeCamera,
  judgeLocation,
  judgeMicrophone,
  judgeNetwork,
  judgeStorage,
  notTested,
  type Check,
  type NetworkFigures,
  type Subject,
} from "./checks";

export interface Senses {
  /** The loudest moment of a while, 0 to 1; null where that cannot be told. */
  listen: (track: MediaStreamTrack) => Promise<number | null>;
  locate: () => Promise<Parameters<typeof judgeLocation>[0]>;
  /** Throws or null: the server is not reached. Ends, and lets go of the network, when the signal says so. */
  network: (tracks: readonly MediaStreamTrack[], enough: AbortSignal) => Promise<NetworkFigures | null>;
  battery: () => Promise<Parameters<typeof judgeBattery>[0]>;
  storage: () => Promise<Parameters<typeof judgeStorage>[0]>;
}

export interface TryOutOptions {
  media: LocalMedia;
  senses: Senses;
  /** Only who shows the site says where it is. */
  withLocation: boolean;
  report: (checks: Check[]) => Promise<void>;
}

export interface TryOutState {
  /** In the order in which they are shown; a subject that is still being tried has no check yet. */
  subjects: readonly Subject[];
  checks: ReadonlyMap<Subject, Check>;
  /** Why there is no camera, for the steps that mend it. */
  deviceProblem: DeviceProblem | null;
  done: boolean;
}

export class TryOut {
  readonly state: Observable<TryOutState>;
  private readonly subjects: readonly Subject[];
  private round = 0;
  private enough = new AbortController();

  constructor(private readonly options: TryOutOptions) {
    const all: Subject[] = ["camera", "microphone", "location", "network", "battery", "storage"];
    this.subjects = all.filter((one) => one !== "location" || options.withLocation);
    this.state = new Observable<TryOutState>(this.beginning());
  }

  get hasMedia(): boolean {
    const { videoTrack, audioTrack } = this.options.media.state.value;
    return videoTrack !== null || audioTrack !== null;
  }

  async run(): Promise<void> {
    const round = this.nextRound();
    const { signal } = this.enough;
    this.state.set(this.beginning());
    const { senses } = this.options;
    const tell = (check: Check): void => {
      if (round === this.round) this.tell(check);
    };
    // Beside the question for the camera no other question is asked.
    const early = Promise.all([
      sensed(senses.battery, null).then((found) => tell(judgeBattery(found))),
      sensed(senses.storage, { keeps: true, freeMb: null }).then((found) => tell(judgeStorage(found))),
    ]);
    const failed = await this.openDevices();
    if (round !== this.round) return;
    this.state.set({ ...this.state.value, deviceProblem: failed?.kind === "camera" ? failed.problem : null });
    tell(judgeCamera(this.cameraFound(failed)));
    const { audioTrack, videoTrack, microphoneProblem } = this.options.media.state.value;
    const tracks = [audioTrack, videoTrack].filter((one) => one !== null);
    await Promise.all([
      early,
      (audioTrack === null
        ? Promise.resolve(microphoneProblem ?? failed?.problem ?? "not_found")
        : sensed(() => senses.listen(audioTrack), null)
      ).then((heard) => tell(judgeMicrophone(heard))),
      this.options.withLocation
        ? sensed(senses.locate, "unavailable" as const).then((found) => tell(judgeLocation(found)))
        : Promise.resolve(),
      // Without a picture nothing could be measured: the connection is tried again in the call.
      (tracks.length === 0
        ? Promise.resolve(notTested("network"))
        : sensed(() => senses.network(tracks, signal), null).then(judgeNetwork)
      ).then(tell),
    ]);
    if (round === this.round) await this.finish();
  }

  /** Enough: the rest counts as not tested. */
  async skip(): Promise<void> {
    this.nextRound();
    for (const subject of this.subjects) {
      if (!this.state.value.checks.has(subject)) this.tell(notTested(subject));
    }
    await this.finish();
  }

  /** What the last round still tries must not take the network from the call. */
  private nextRound(): number {
    this.enough.abort();
    this.enough = new AbortController();
    return (this.round += 1);
  }

  private beginning(): TryOutState {
    return { subjects: this.subjects, checks: new Map(), deviceProblem: null, done: false };
  }

  private tell(check: Check): void {
    const { value } = this.state;
    this.state.set({ ...value, checks: new Map(value.checks).set(check.subject, check) });
  }

  private async finish(): Promise<void> {
    this.state.set({ ...this.state.value, done: true });
    // The call does not depend on it: the inspector then sees "not tested".
    await this.options.report([...this.state.value.checks.values()]).catch(() => undefined);
  }

  private async openDevices(): Promise<{ kind: DeviceKind; problem: DeviceProblem } | null> {
    try {
      await this.options.media.open();
      return null;
    } catch (error) {
      if (error instanceof DeviceError) return error;
      throw error;
    }
  }

  private cameraFound(failed: { problem: DeviceProblem } | null): Parameters<typeof judgeCamera>[0] {
    const { videoTrack, cameraProblem } = this.options.media.state.value;
    if (videoTrack === null) return cameraProblem ?? failed?.problem ?? "not_found";
    const { width = 0, height = 0 } = videoTrack.getSettings();
    return { width, height, label: videoTrack.label };
  }
}

/** A sense that fails tells nothing worse than that. */
async function sensed<T, F>(sense: () => Promise<T>, otherwise: F): Promise<T | F> {
  try {
    return await sense();
  } catch {
    return otherwise;
  }
}
