/**
 * Tells the inspectors every 10 s where the phone is, once the person agreed.
 *
 * Each time the browser is asked anew: `watchPosition` calls nobody while a phone lies still, and a silence would look
 * like a phone that is gone.
 */
import type { Clock } from "@/rtc/clock";
import type { ClientMessage } from "@/rtc/messages";
import { Observable } from "@/rtc/observable";

export const INTERVAL_MS = 10_000;

/** Out of doors a receiver that starts cold needs about half a minute. */
const TIMEOUT_MS = 30_000;

export type WhyNone = Extract<ClientMessage, { type: "no_position" }>["why"];

export type PositionState =
  | { name: "looking" }
  /** The person is to be asked. */
  | { name: "question" }
  /** Agreed, nothing known yet. */
  | { name: "locating" }
  | { name: "reporting" }
  | { name: "none"; why: WhyNone };

/** Of the person's own answer, so that a reload does not ask again. */
export interface AnswerMemory {
  declined: () => boolean;
  decline: () => void;
}

export interface PositionOptions {
  /** Undefined where the browser has none. */
  geolocation: Pick<Geolocation, "getCurrentPosition"> | undefined;
  permission: () => Promise<PermissionState>;
  send: (message: ClientMessage) => void;
  clock: Clock;
  clockOffsetMs: () => number;
  memory: AnswerMemory;
}

export class PositionReporter {
  readonly state = new Observable<PositionState>({ name: "looking" });
  private stopWaiting: (() => void) | null = null;
  private closed = false;

  constructor(private readonly options: PositionOptions) {}

  /** Begins at once where the person agreed before, else asks. */
  async open(): Promise<void> {
    const { geolocation, permission, memory } = this.options;
    if (geolocation === undefined) { this.none("unavailable"); return; }
    if (memory.declined()) { this.none("denied"); return; }
    const permitted = await permission();
    if (this.closed) return;
    if (permitted === "denied") this.none("denied");
    else if (permitted === "granted") this.agree();
    else this.state.set({ name: "question" });
  }

  agree(): void {
    this.state.set({ name: "locating" });
    this.locate();
  }

  decline(): void {
    this.options.memory.decline();
    this.none("denied");
  }

  /** The room does not know any more what was said before. */
  sayAgain(): void {
    if (this.state.value.name === "none") this.none(this.state.value.why);
  }

  close(): void {
    this.closed = true;
    this.stopWaiting?.();
  }

  private locate(): void {
    const { geolocation, clock } = this.options;
    const begunAt = clock.now();
    const next = (): void => {
      const waitMs = Math.max(0, begunAt + INTERVAL_MS - clock.now());
      this.stopWaiting = clock.after(waitMs, () => this.locate());
    };
    geolocation?.getCurrentPosition(
      (position) => {
        if (this.closed) return;
        this.report(position);
        next();
      },
      (problem) => {
        if (this.closed) return;
        this.none(whyOf(problem));
        if (problem.code !== problem.PERMISSION_DENIED) next();
      },
      { enableHighAccuracy: true, maximumAge: INTERVAL_MS / 2, timeout: TIMEOUT_MS },
    );
  }

  private report({ coords, timestamp }: GeolocationPosition): void {
    const { send, clockOffsetMs } = this.options;
    this.state.set({ name: "reporting" });
    send({
      type: "position",
      latitude: coords.latitude,
      longitude: coords.longitude,
      accuracy_m: coords.accuracy,
      at: new Date(timestamp + clockOffsetMs()).toISOString(),
    });
  }

  private none(why: WhyNone): void {
    this.state.set({ name: "none", why });
    this.options.send({ type: "no_position", why });
  }
}

function whyOf(problem: GeolocationPositionError): WhyNone {
  if (problem.code === problem.PERMISSION_DENIED) return "denied";
  return problem.code === problem.TIMEOUT ? "timed_out" : "unavailable";
}

/** As the browser knows it; older Safari cannot tell and asks by itself. */
export async function browserPermission(): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state;
  } catch {
    return "prompt";
  }
}
