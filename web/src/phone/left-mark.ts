/** Remembers in this window that the person left on purpose, so that a reload does not bring the camera back. */

export interface LeftMark {
  isSet: (inspectionId: string) => boolean;
  set: (inspectionId: string) => void;
  clear: (inspectionId: string) => void;
}

const KEY = "inspect-left";

/** Browsers may refuse storage altogether; then a reload enters again. */
export function createLeftMark(storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">): LeftMark {
  function attempt<T>(action: (store: Pick<Storage, "getItem" | "setItem" | "removeItem">) => T): T | null {
    try {
      return action(storage());
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }
  const isSet = (inspectionId: string) => attempt((store) => store.getItem(KEY)) === inspectionId;
  return {
    isSet,
    set: (inspectionId) => void attempt((store) => store.setItem(KEY, inspectionId)),
    clear: (inspectionId) => {
      if (isSet(inspectionId)) attempt((store) => store.removeItem(KEY));
    },
  };
}
