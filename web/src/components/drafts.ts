/** Texts in the making, by what they are for; this window remembers them over a reload. */
import { ref, watch, type Ref } from "vue";

export type Drafts = Ref<Record<string, string>>;

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Browsers may refuse storage altogether; then they last as long as the page. Ends with the scope that makes it. */
export function createDrafts(key: string, storage: () => Store): Drafts {
  const drafts: Drafts = ref(remembered(key, storage));
  watch(
    drafts,
    (now) => {
      const written = Object.fromEntries(Object.entries(now).filter(([, text]) => text !== ""));
      try {
        if (Object.keys(written).length === 0) storage().removeItem(key);
        else storage().setItem(key, JSON.stringify(written));
      } catch {
        // Then only a reload loses them.
      }
    },
    // A page that is closed in the next moment must not lose the last word.
    { deep: true, flush: "sync" },
  );
  return drafts;
}

function remembered(key: string, storage: () => Store): Record<string, string> {
  try {
    return JSON.parse(storage().getItem(key) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}
