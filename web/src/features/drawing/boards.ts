/**
 * What is drawn on the pictures of a call, which of them are frozen, and who points where at the moment.
 *
 * The server tells a board whole at few moments and after each `welcome`, else only what is new on it: this has to
 * follow a call from its beginning. A pointer that was not heard of for five seconds is gone.
 */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

import type { Call } from "@/rtc/call";
import type { Clock } from "@/rtc/clock";
import type { DrawnOnPicture, DrawnPoint, Frozen } from "@/rtc/messages";
import type { MessageOf } from "@/rtc/message-hub";
import type { Unsubscribe } from "@/rtc/observable";
import { pictureId } from "@/rtc/pictures";

export interface Board {
  frozen: Frozen | null;
  /** From the lowest to the topmost shape. */
  drawn: readonly DrawnOnPicture[];
}

export interface SeenPointer {
  author: string;
  place: DrawnPoint;
  /** Of the picture when that was said. */
  aspect: number;
}

export interface Boards {
  /** By picture (`pictureId`); only those with something on them. */
  all: Readonly<ShallowRef<ReadonlyMap<string, Board>>>;
  of: (picture: string) => Board;
  /** Others' pointers on a picture. */
  pointersOn: (picture: string) => readonly SeenPointer[];
  /** Ties it to a call that is entered. */
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

const EMPTY: Board = { frozen: null, drawn: [] };
const POINTER_LASTS_MS = 5000;

export function createBoards(clock: Clock): Boards {
  const all = shallowRef<ReadonlyMap<string, Board>>(new Map());
  const pointers = shallowRef<ReadonlyMap<string, SeenPointer & { picture: string }>>(new Map());
  const expiries = new Map<string, () => void>();

  const of = (picture: string): Board => all.value.get(picture) ?? EMPTY;
  const set = (picture: string, board: Board): void => {
    const next = new Map(all.value);
    if (board.frozen === null && board.drawn.length === 0) next.delete(picture);
    else next.set(picture, board);
    all.value = next;
  };

  function forget(author: string): void {
    expiries.get(author)?.();
    expiries.delete(author);
    if (!pointers.value.has(author)) return;
    const next = new Map(pointers.value);
    next.delete(author);
    pointers.value = next;
  }

  function pointed({ author, participant_id, source, place, aspect }: MessageOf<"pointer">): void {
    if (place === null) {
      forget(author);
      return;
    }
    expiries.get(author)?.();
    expiries.set(
      author,
      clock.after(POINTER_LASTS_MS, () => forget(author)),
    );
    pointers.value = new Map(pointers.value).set(author, { author, place, aspect, picture: pictureId(participant_id, source) });
  }

  function clear(): void {
    all.value = new Map();
    for (const author of [...pointers.value.keys()]) forget(author);
  }

  onScopeDispose(clear);

  return {
    all,
    of,
    pointersOn: (picture) => [...pointers.value.values()].filter((each) => each.picture === picture),
    follow({ messages }) {
      const stops = [
        // Boards with something on them are told after it, one by one.
        messages.on("welcome", clear),
        messages.on("board", ({ participant_id, source, frozen, drawn }) => set(pictureId(participant_id, source), { frozen, drawn })),
        messages.on("drawn", ({ participant_id, source, drawn }) => {
          const picture = pictureId(participant_id, source);
          set(picture, withDrawn(of(picture), drawn));
        }),
        messages.on("erased", ({ participant_id, source, shapes }) => {
          const picture = pictureId(participant_id, source);
          const { frozen, drawn } = of(picture);
          set(picture, { frozen, drawn: drawn.filter(({ shape }) => !shapes.includes(shape.id)) });
        }),
        messages.on("pointer", pointed),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}

/** What who froze a picture has sent of it, as an address of an image; null: nothing (yet), the picture moves on. */
export function frameOf({ frozen }: Board): string | null {
  return frozen?.jpeg == null ? null : `data:image/jpeg;base64,${frozen.jpeg}`;
}

/** Whether there is anything to see on the picture that the picture itself does not show. */
export function isMarked({ frozen, drawn }: Board): boolean {
  return frozen !== null || drawn.length > 0;
}

/** A shape of an id that is there already takes the place of its former self, as a line does that grows. */
export function withDrawn({ frozen, drawn }: Board, added: DrawnOnPicture): Board {
  const isThere = drawn.some(({ shape }) => shape.id === added.shape.id);
  return {
    frozen,
    drawn: isThere ? drawn.map((each) => (each.shape.id === added.shape.id ? added : each)) : [...drawn, added],
  };
}
