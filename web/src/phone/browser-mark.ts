/**
 * What this browser remembers of an inspection's seat, so that a reload goes on as the person wants.
 *
 * Two are kept: that the person left on purpose (for this window: the camera must not come back by itself), and that the
 * consent was given here (for this browser: whoever opens the same link elsewhere has to be asked anew).
 */

export interface BrowserMark {
  isSet: (seat: string) => boolean;
  set: (seat: string) => void;
  clear: (seat: string) => void;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Holds the newest seat only. Browsers may refuse storage altogether; then nothing is remembered. */
export function createBrowserMark(key: string, storage: () => Store): BrowserMark {
  function attempt<T>(action: (store: Store) => T): T | null {
    try {
      return action(storage());
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }
  const isSet = (seat: string) => attempt((store) => store.getItem(key)) === seat;
  return {
    isSet,
    set: (seat) => void attempt((store) => store.setItem(key, seat)),
    clear: (seat) => {
      if (isSet(seat)) attempt((store) => store.removeItem(key));
    },
  };
}
