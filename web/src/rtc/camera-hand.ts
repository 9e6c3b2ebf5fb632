/**
 * The asked side of the remote hand: says what the own cameras can do, does what is asked of them, and keeps what only
 * the person can do until they have answered.
 *
 * Owns no camera: the page shows it which ones there are. A wish that comes again, because its answer was lost with the
 * WebSocket, gets the same answer again and is not done twice.
 */

import type { Call } from "./call";
import { CameraControl } from "./camera-control";
import type { Clock } from "./clock";
import { DeviceError } from "./devices";
import type { MessageOf } from "./message-hub";
import type { CameraAbilities, CameraOutcome, Obstacle } from "./messages";
import { Observable, type Unsubscribe } from "./observable";

/** One of the own cameras; `track` null: nothing of it is sent at the moment. */
export interface OperatedCamera {
  source: string;
  track: MediaStreamTrack | null;
  canTurn: boolean;
}

/** Up to the person who holds the phone. */
export interface PersonWish {
  request: string;
  source: string;
  wish: "steady" | "closer";
  askedBy: string;
}

export interface HandState {
  /** By source; cameras that send nothing can do nothing. */
  abilities: ReadonlyMap<string, CameraAbilities>;
  /** The newest first; one of a kind for each camera. */
  wishes: readonly PersonWish[];
}

export interface CameraHandOptions {
  clock: Clock;
  call: Pick<Call, "send" | "messages">;
  ownId: () => string | null;
  /** To the other side of the phone; raises DeviceError. */
  turn: () => Promise<void>;
}

interface Answer {
  outcome: CameraOutcome;
  obstacle: Obstacle | null;
  zoom: number | null;
}

type Asked = MessageOf<"camera_asked">;

const DONE: Answer = { outcome: "done", obstacle: null, zoom: null };
/** Chromium on Android learns what a camera can do a moment after it was opened. */
const LOOK_AGAIN_MS = [500, 1500, 4000];

export class CameraHand {
  readonly state = new Observable<HandState>({ abilities: new Map(), wishes: [] });
  private cameras = new Map<string, { control: CameraControl | null; canTurn: boolean }>();
  private readonly told = new Map<string, string>();
  /** By request; null while it is being done. */
  private readonly answers = new Map<string, Answer | null>();
  private readonly stops: Unsubscribe[];

  constructor(private readonly options: CameraHandOptions) {
    const { messages } = options.call;
    this.stops = [
      messages.on("welcome", () => this.tellAgain()),
      messages.on("camera_asked", (asked) => void this.asked(asked)),
      messages.on("camera_answered", ({ request }) => this.forget(request)),
    ];
  }

  /** These are the own cameras now. */
  show(cameras: readonly OperatedCamera[]): void {
    const before = this.cameras;
    for (const source of before.keys()) if (!cameras.some((one) => one.source === source)) this.told.delete(source);
    this.cameras = new Map(
      cameras.map(({ source, track, canTurn }) => {
        const known = before.get(source)?.control ?? null;
        if (track === null || known?.track === track) return [source, { control: track && known, canTurn }];
        for (const delayMs of LOOK_AGAIN_MS) this.stops.push(this.options.clock.after(delayMs, () => this.refresh()));
        return [source, { control: new CameraControl(track), canTurn }];
      }),
    );
    this.refresh();
  }

  /** The person switches the light themselves; false: it does not work. */
  async setTorch(source: string, on: boolean): Promise<boolean> {
    return (await this.torch(source, on)).outcome === "done";
  }

  /** The person zooms themselves; false: it does not work. */
  async setZoom(source: string, factor: number): Promise<boolean> {
    return (await this.zoom(source, factor)).outcome === "done";
  }

  /** The person has done what was asked of them, or does not. */
  answer(request: string, outcome: "done" | "declined"): void {
    this.give(request, { ...DONE, outcome });
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private async asked(asked: Asked): Promise<void> {
    const { request, wish, source } = asked;
    if (asked.participant_id !== this.options.ownId()) return;
    const given = this.answers.get(request);
    if (given !== undefined) {
      if (given !== null) this.say(request, given);
      return;
    }
    if (wish === "steady" || wish === "closer") {
      this.ask({ request, wish, source, askedBy: asked.asked_by });
      return;
    }
    this.answers.set(request, null);
    this.give(request, await this.act(asked));
  }

  private act({ wish, source, zoom }: Asked): Promise<Answer> {
    if (wish === "turn") return this.turn(source);
    return wish === "zoom" ? this.zoom(source, zoom ?? 1) : this.torch(source, wish === "torch_on");
  }

  private async turn(source: string): Promise<Answer> {
    if (this.cameras.get(source)?.canTurn !== true) return impossible("no_other_camera");
    try {
      await this.options.turn();
      return DONE;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return impossible(error.problem === "not_found" ? "no_other_camera" : "failed");
    }
  }

  private async torch(source: string, on: boolean): Promise<Answer> {
    const control = this.cameras.get(source)?.control;
    if (!control) return impossible("camera_off");
    return control.torch === null ? impossible("no_torch") : this.attempt(() => control.setTorch(on));
  }

  private async zoom(source: string, factor: number): Promise<Answer> {
    const control = this.cameras.get(source)?.control;
    if (!control) return impossible("camera_off");
    if (control.zoom === null) return impossible("no_zoom");
    const answer = await this.attempt(() => control.setZoom(factor));
    return { ...answer, zoom: control.zoom.value };
  }

  /** Whatever a browser rejects with, it means the same to who asked. */
  private async attempt(act: () => Promise<void>): Promise<Answer> {
    try {
      await act();
      return DONE;
    } catch {
      return impossible("failed");
    } finally {
      this.refresh();
    }
  }

  /** A newer wish of the same kind takes the place of the older one. */
  private ask(wish: PersonWish): void {
    const others = this.state.value.wishes.filter((one) => one.wish !== wish.wish || one.source !== wish.source);
    this.state.set({ ...this.state.value, wishes: [wish, ...others] });
  }

  private give(request: string, answer: Answer): void {
    this.answers.set(request, answer);
    this.forget(request);
    this.say(request, answer);
  }

  private say(request: string, answer: Answer): void {
    this.options.call.send({ type: "answer_camera", request, ...answer });
  }

  private forget(request: string): void {
    const wishes = this.state.value.wishes.filter((one) => one.request !== request);
    if (wishes.length < this.state.value.wishes.length) this.state.set({ ...this.state.value, wishes });
  }

  private refresh(): void {
    const abilities = new Map<string, CameraAbilities>();
    for (const [source, { control, canTurn }] of this.cameras) {
      if (control !== null) abilities.set(source, { can_turn: canTurn, torch: control.torch, zoom: control.zoom });
    }
    if (JSON.stringify([...abilities]) !== JSON.stringify([...this.state.value.abilities])) {
      this.state.set({ ...this.state.value, abilities });
    }
    this.tell();
  }

  private tellAgain(): void {
    this.told.clear();
    this.tell();
  }

  private tell(): void {
    for (const source of this.cameras.keys()) {
      const abilities = this.state.value.abilities.get(source) ?? null;
      const words = JSON.stringify(abilities);
      if (this.told.get(source) === words) continue;
      this.told.set(source, words);
      this.options.call.send({ type: "camera_abilities", source, abilities });
    }
  }
}

function impossible(obstacle: Obstacle): Answer {
  return { outcome: "impossible", obstacle, zoom: null };
}
