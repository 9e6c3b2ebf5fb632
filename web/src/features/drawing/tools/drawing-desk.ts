/**
 * Drawing on others' pictures: the tool in hand, what is drawn with it, and taking it back.
 *
 * What is drawn is seen here at once, and by the others when the server has passed it on. Until it came back from there
 * it counts as unheard: it is said again when the call is back, under its own id, and taken away when it is refused.
 */
import { computed, inject, ref, shallowRef, type InjectionKey, type Ref, type ShallowRef } from "vue";

import { newEvidenceId } from "@/api/evidence";
import type { Call } from "@/rtc/call";
import type { Clock } from "@/rtc/clock";
import type { ClientMessage, DrawnOnPicture, DrawnPoint, DrawnShape, Ink } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";

import { withDrawn, type Board, type Boards } from "../boards";
import { createPace } from "./pace";
import { idOf, type PictureName } from "./picture-name";
import { createPointing, type Pointing } from "./pointing";
import { begun, grown, isWorthKeeping, words, type StrokeKind } from "./shape-in-hand";

export type Tool = "pointer" | StrokeKind | "text";
export const TOOLS: readonly Tool[] = ["pointer", "arrow", "circle", "line", "text"];
export const INK_NAMES: readonly Ink[] = ["red", "yellow", "blue", "white"];

export interface DrawingDesk {
  /** Null: the hand is empty. */
  tool: Ref<Tool | null>;
  ink: Ref<Ink>;
  pointing: Pointing;
  /** Why the newest shape was not taken, as a code, until the next one. */
  refusal: Readonly<ShallowRef<string | null>>;
  /** Everything on a picture, one's own unheard shapes too. */
  boardOf: (picture: PictureName) => Board;
  /** Puts the pen down; `aspect`: of the picture as it is shown now. */
  begin: (picture: PictureName, kind: StrokeKind, at: DrawnPoint, aspect: number) => void;
  grow: (to: DrawnPoint) => void;
  /** Lifts the pen. */
  finish: () => void;
  write: (picture: PictureName, at: DrawnPoint, text: string, aspect: number) => void;
  /** Takes one's own newest shape away. */
  undo: (picture: PictureName) => void;
  /** Takes everything away, whoever drew it. */
  clear: (picture: PictureName) => void;
  /** Ties it to a call that is entered, after `boards`. */
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

interface Unheard {
  picture: PictureName;
  drawn: DrawnOnPicture;
}

/** A line is told whole each time, so it is told less often. */
const INTERVAL_MS = { line: 150, arrow: 60, circle: 60 } as const;

export const DRAWING_DESK: InjectionKey<DrawingDesk> = Symbol("drawing desk");

export function useDrawingDesk(): DrawingDesk {
  const desk = inject(DRAWING_DESK);
  if (desk === undefined) throw new Error("Nobody draws here.");
  return desk;
}

export interface DrawingDeskOptions {
  boards: Pick<Boards, "of">;
  send: (message: ClientMessage) => void;
  clock: Clock;
  /** The own participant. */
  me: () => string | null;
}

export function createDrawingDesk({ boards, send, clock, me }: DrawingDeskOptions): DrawingDesk {
  const tool = ref<Tool | null>(null);
  const ink = ref<Ink>("red");
  const refusal = shallowRef<string | null>(null);
  const unheard = shallowRef<ReadonlyMap<string, Unheard>>(new Map());
  const inHand = shallowRef<{ kind: StrokeKind; shapeId: string } | null>(null);
  const pace = createPace<Unheard>(clock, say);

  const unheardBy = computed(() => {
    const found = new Map<string, DrawnOnPicture[]>();
    for (const { picture, drawn } of unheard.value.values()) {
      found.set(idOf(picture), [...(found.get(idOf(picture)) ?? []), drawn]);
    }
    return found;
  });

  function boardOf(picture: PictureName): Board {
    return (unheardBy.value.get(idOf(picture)) ?? []).reduce(withDrawn, boards.of(idOf(picture)));
  }

  function say({ picture, drawn }: Unheard): void {
    const { participantId, source } = picture;
    send({ type: "draw", id: drawn.shape.id, participant_id: participantId, source, shape: drawn.shape, aspect: drawn.aspect });
  }

  function erase({ participantId, source }: PictureName, shapes: string[]): void {
    const [first, ...rest] = shapes;
    if (first === undefined) return;
    shapes.forEach(forget);
    send({ type: "erase", participant_id: participantId, source, shapes: [first, ...rest] });
  }

  function keep(one: Unheard): void {
    unheard.value = new Map(unheard.value).set(one.drawn.shape.id, one);
  }

  function forget(shapeId: string): void {
    if (inHand.value?.shapeId === shapeId) {
      pace.drop();
      inHand.value = null;
    }
    const next = new Map(unheard.value);
    if (next.delete(shapeId)) unheard.value = next;
  }

  function add(picture: PictureName, shape: DrawnShape, aspect: number): Unheard {
    const one = { picture, drawn: { author: me() ?? "", aspect, shape } };
    refusal.value = null;
    keep(one);
    return one;
  }

  /** The shape in hand as it is now, if the pen is down. */
  function current(): Unheard | null {
    return inHand.value === null ? null : (unheard.value.get(inHand.value.shapeId) ?? null);
  }

  function heardBack(drawn: DrawnOnPicture): void {
    const { id } = drawn.shape;
    const own = unheard.value.get(id);
    // An older state of a shape that has grown meanwhile says nothing.
    if (own !== undefined && inHand.value?.shapeId !== id && isSame(own.drawn.shape, drawn.shape)) forget(id);
  }

  return {
    tool,
    ink,
    pointing: createPointing(clock, send),
    refusal,
    boardOf,
    begin(picture, kind, at, aspect) {
      const shape = begun(newEvidenceId(), kind, ink.value, at);
      add(picture, shape, aspect);
      inHand.value = { kind, shapeId: shape.id };
    },
    grow(to) {
      const one = current();
      if (one === null || inHand.value === null) return;
      const shape = grown(one.drawn.shape, to);
      const next = { ...one, drawn: { ...one.drawn, shape } };
      keep(next);
      if (isWorthKeeping(shape)) pace.offer(next, INTERVAL_MS[inHand.value.kind]);
    },
    finish() {
      const one = current();
      if (one === null) return;
      pace.drop();
      inHand.value = null;
      if (isWorthKeeping(one.drawn.shape)) say(one);
      else forget(one.drawn.shape.id);
    },
    write(picture, at, text, aspect) {
      if (text.trim() !== "") say(add(picture, words(newEvidenceId(), ink.value, at, text.trim()), aspect));
    },
    undo(picture) {
      const own = boardOf(picture).drawn.filter(({ author }) => author === me());
      erase(picture, own.slice(-1).map(({ shape }) => shape.id));
    },
    clear: (picture) => erase(picture, boardOf(picture).drawn.map(({ shape }) => shape.id)),
    follow({ messages }) {
      const stops = [
        messages.on("drawn", ({ drawn }) => heardBack(drawn)),
        messages.on("board", ({ drawn }) => drawn.forEach(heardBack)),
        messages.on("erased", ({ shapes }) => shapes.forEach(forget)),
        messages.on("error", ({ in_reply_to, code }) => {
          if (!unheard.value.has(in_reply_to ?? "")) return;
          forget(in_reply_to ?? "");
          refusal.value = code;
        }),
        messages.on("welcome", () => unheard.value.forEach(say)),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}

function isSame(one: DrawnShape, other: DrawnShape): boolean {
  const places = ({ points }: DrawnShape): string => points.map(({ x, y }) => `${x},${y}`).join(" ");
  return places(one) === places(other);
}
