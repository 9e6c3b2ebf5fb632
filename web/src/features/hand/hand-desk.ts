/**
 * Asking something of another one's camera (远程操作): what the cameras of the call can do, and what became of each wish.
 *
 * A wish that nobody has heard is said again when the call is back, under its own id. What was answered stays in sight
 * for a while.
 */
import { inject, onScopeDispose, shallowRef, type InjectionKey, type ShallowRef } from "vue";

import { newEvidenceId } from "@/api/evidence";
import type { Call } from "@/rtc/call";
import type { Clock } from "@/rtc/clock";
import type { MessageOf } from "@/rtc/message-hub";
import type { CameraAbilities, CameraOutcome, CameraWish, ClientMessage, Obstacle } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";
import { pictureId } from "@/rtc/pictures";

export type WishState =
  | { name: "asked" }
  /** For so long that the inspector should do without, or say it aloud. */
  | { name: "unanswered" }
  | { name: CameraOutcome; obstacle: Obstacle | null }
  /** By the server, as a code. */
  | { name: "refused"; code: string };

export interface AskedWish {
  request: string;
  participantId: string;
  source: string;
  wish: CameraWish;
  zoom: number | null;
  state: WishState;
}

export interface HandDesk {
  /** By picture (`pictureId`); a camera that has not said what it can do is not there. */
  abilities: Readonly<ShallowRef<ReadonlyMap<string, CameraAbilities>>>;
  /** In the order in which they were asked, of each kind the newest. */
  wishes: Readonly<ShallowRef<readonly AskedWish[]>>;
  ask: (camera: { participantId: string; source: string }, wish: CameraWish, zoom?: number) => void;
  /** Ties it to a call that is entered. */
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

const UNANSWERED_AFTER_MS = 30_000;
const SEEN_FOR_MS = 8000;

export const HAND_DESK: InjectionKey<HandDesk> = Symbol("hand desk");

export function useHandDesk(): HandDesk {
  const desk = inject(HAND_DESK);
  if (desk === undefined) throw new Error("Nobody is asked for anything here.");
  return desk;
}

export function createHandDesk(clock: Clock, send: (message: ClientMessage) => void): HandDesk {
  const abilities = shallowRef<ReadonlyMap<string, CameraAbilities>>(new Map());
  const wishes = shallowRef<readonly AskedWish[]>([]);
  const unheard = new Set<string>();
  const timers = new Map<string, () => void>();

  function after(request: string, delayMs: number, action: () => void): void {
    timers.get(request)?.();
    timers.set(request, clock.after(delayMs, action));
  }

  function say({ request, participantId, source, wish, zoom }: AskedWish): void {
    send({ type: "ask_camera", id: request, request, participant_id: participantId, source, wish, zoom });
  }

  /** One about the same takes the place of an older one. */
  function add(added: AskedWish): void {
    if (wishes.value.some(({ request }) => request === added.request)) return;
    const rest = wishes.value.filter((one) => !isAboutTheSame(one, added));
    wishes.value = [...rest, added];
    after(added.request, UNANSWERED_AFTER_MS, () => change(added.request, { name: "unanswered" }));
  }

  function change(request: string, state: WishState): void {
    wishes.value = wishes.value.map((one) => (one.request === request ? { ...one, state } : one));
    after(request, state.name === "unanswered" ? UNANSWERED_AFTER_MS : SEEN_FOR_MS, () => remove(request));
  }

  function remove(request: string): void {
    timers.get(request)?.();
    timers.delete(request);
    wishes.value = wishes.value.filter((one) => one.request !== request);
  }

  function told({ participant_id, source, abilities: can }: MessageOf<"camera_abilities">): void {
    const next = new Map(abilities.value);
    if (can === null) next.delete(pictureId(participant_id, source));
    else next.set(pictureId(participant_id, source), can);
    abilities.value = next;
  }

  onScopeDispose(() => timers.forEach((stop) => stop()));

  return {
    abilities,
    wishes,
    ask({ participantId, source }, wish, zoom) {
      const asked: AskedWish = { request: newEvidenceId(), participantId, source, wish, zoom: zoom ?? null, state: { name: "asked" } };
      unheard.add(asked.request);
      add(asked);
      say(asked);
    },
    follow({ messages }) {
      const stops = [
        messages.on("camera_abilities", told),
        messages.on("camera_asked", ({ request, participant_id, source, wish, zoom }) => {
          unheard.delete(request);
          add({ request, participantId: participant_id, source, wish, zoom, state: { name: "asked" } });
        }),
        messages.on("camera_answered", ({ request, outcome, obstacle }) => change(request, { name: outcome, obstacle })),
        messages.on("error", ({ in_reply_to, code }) => {
          if (unheard.delete(in_reply_to ?? "")) change(in_reply_to ?? "", { name: "refused", code });
        }),
        messages.on("welcome", () => {
          abilities.value = new Map();
          for (const one of wishes.value) if (unheard.has(one.request)) say(one);
        }),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}

function isAboutTheSame(one: AskedWish, other: AskedWish): boolean {
  const subject = ({ participantId, source, wish }: AskedWish): string =>
    [participantId, source, wish.startsWith("torch") ? "torch" : wish].join("/");
  return subject(one) === subject(other);
}
