/**
 * Large letters (适老) for the whole page: kept in this browser, the same in all of its windows.
 *
 * Sizes of text are given in rem everywhere, so the root's letters are all that changes; `phone.css` says by how much.
 */
import { inject, readonly, ref, type InjectionKey, type Ref } from "vue";

export interface Letters {
  large: Readonly<Ref<boolean>>;
  toggle: () => void;
}

export const LETTERS: InjectionKey<Letters> = Symbol("letters");

const KEY = "inspect.letters";
const LARGE = "large";

interface Place {
  root: { dataset: DOMStringMap };
  /** Browsers may refuse it; then the choice holds until the page is closed. */
  storage: () => Pick<Storage, "getItem" | "setItem">;
  /** Told when another window of this browser has chosen. */
  onChange: (key: string, read: () => void) => void;
}

export function createLetters({ root, storage, onChange }: Place): Letters {
  const large = ref(false);
  const show = (isLarge: boolean): void => {
    large.value = isLarge;
    if (isLarge) root.dataset["letters"] = LARGE;
    else delete root.dataset["letters"];
  };
  const read = (): void => {
    try {
      show(storage().getItem(KEY) === LARGE);
    } catch {
      // Nothing was kept.
    }
  };
  onChange(KEY, read);
  read();
  return {
    large: readonly(large),
    toggle() {
      show(!large.value);
      try {
        storage().setItem(KEY, large.value ? LARGE : "normal");
      } catch {
        // See `storage`.
      }
    },
  };
}

export function browserLetters(): Letters {
  return createLetters({
    root: document.documentElement,
    storage: () => window.localStorage,
    onChange: (key, read) => window.addEventListener("storage", (event) => event.key === key && read()),
  });
}

export function useLetters(): Letters {
  const letters = inject(LETTERS);
  if (letters === undefined) throw new Error("the page has no letters");
  return letters;
}
