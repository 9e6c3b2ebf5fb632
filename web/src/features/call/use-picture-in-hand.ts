/** The large picture as the inspector works on it: what is drawn on it, whether it stands still, and what a still of it is. */
import { computed, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";

import { useListText } from "@/components/use-list-text";
import { grabFrame, type Frame } from "@/features/evidence/frame";
import { frameOf, type Board, type Boards, type SeenPointer } from "@/features/drawing/boards";
import { useDrawingDesk } from "@/features/drawing/tools/drawing-desk";
import { useFreezing } from "@/features/drawing/tools/freezing";
import { keptDrawing } from "@/features/drawing/tools/kept-drawing";
import type { PictureName } from "@/features/drawing/tools/picture-name";
import type { StillWish } from "@/features/evidence/evidence-desk";
import type { CallView } from "@/rtc/call-view";
import type { Picture } from "@/rtc/pictures";

export interface PictureInHand {
  name: PictureName;
  board: Board;
  pointers: readonly SeenPointer[];
  /** What stands still in place of the moving picture, as an address. */
  frame: string | null;
  isFrozen: boolean;
  hasOwn: boolean;
  /** That it is frozen, and what is drawn on it, for who does not see it; empty: neither. */
  words: { frozen: string; drawn: string };
}

export interface PictureInHandOptions {
  picture: () => Picture | null;
  video: () => HTMLVideoElement | null;
  view: () => CallView;
  boards: Boards;
}

export interface PictureWork {
  inHand: ComputedRef<PictureInHand | null>;
  nameOf: (participantId: string) => string;
  /** Holds the picture still, or lets it go on. */
  toggleFreeze: () => void;
  undo: () => void;
  clear: () => void;
  /** What a still of it takes; null while there is no picture. */
  stillWish: () => StillWish | null;
}

export function usePictureInHand({ picture, video, view, boards }: PictureInHandOptions): PictureWork {
  const { t } = useI18n();
  const listText = useListText();
  const drawing = useDrawingDesk();
  const freezing = useFreezing();
  const name = computed<PictureName | null>(() => {
    const shown = picture();
    return shown === null ? null : { participantId: shown.person.participant_id, source: shown.source };
  });
  const held = computed(() => freezing.held.value.get(picture()?.id ?? "") ?? null);
  const heldAddress = computed(() => held.value?.frame.picture.toDataURL("image/jpeg", 0.92) ?? null);

  const nameOf = (participantId: string): string =>
    view().participants.find((one) => one.participant_id === participantId)?.display_name ?? "";

  const inHand = computed<PictureInHand | null>(() => {
    if (name.value === null) return null;
    const board = drawing.boardOf(name.value);
    return {
      name: name.value,
      board,
      pointers: boards.pointersOn(picture()?.id ?? ""),
      frame: heldAddress.value ?? frameOf(board),
      isFrozen: held.value !== null || board.frozen !== null,
      hasOwn: board.drawn.some(({ author }) => author === view().participantId),
      words: { frozen: frozenWords(board), drawn: drawnWords(board) },
    };
  });

  function frozenWords({ frozen }: Board): string {
    if (held.value !== null || frozen?.author === view().participantId) return t("hand.frozen.mine");
    return frozen === null ? "" : t("hand.frozen.byOther", { name: nameOf(frozen.author) });
  }

  function drawnWords({ drawn }: Board): string {
    if (drawn.length === 0) return "";
    const what = drawn.map(({ shape }) => t(`hand.drawnKinds.${shape.kind}`, { text: shape.text ?? "" }));
    return t("hand.drawn", { what: listText(what) });
  }

  function withPicture(act: (picture: PictureName) => void) {
    return (): void => {
      if (name.value !== null) act(name.value);
    };
  }

  function frameNow(): Frame | null {
    const element = video();
    return element === null ? null : grabFrame(element, view().clockOffsetMs);
  }

  return {
    inHand,
    nameOf,
    toggleFreeze: withPicture((one) => {
      if (inHand.value?.isFrozen) {
        freezing.unfreeze(one);
        return;
      }
      const frame = frameNow();
      if (frame !== null) freezing.freeze(one, frame);
    }),
    undo: withPicture(drawing.undo),
    clear: withPicture(drawing.clear),
    stillWish() {
      const frame = held.value?.frame ?? frameNow();
      if (inHand.value === null || frame === null) return null;
      const { board, name: of } = inHand.value;
      // What was drawn on a colleague's frozen picture belongs to that one, and only their page has it in full.
      const belongs = board.frozen === null || held.value !== null;
      const aspect = frame.picture.width / frame.picture.height;
      return { ...of, video: frame, drawing: belongs ? keptDrawing(board.drawn, aspect) : [] };
    },
  };
}
