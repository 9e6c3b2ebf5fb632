/** A few words about what has just happened, in sight for two seconds, in the language that is spoken meanwhile. */
import { computed, onScopeDispose, shallowRef, type ComputedRef } from "vue";

const IN_SIGHT_MS = 2000;

export function useBriefNews(): { news: ComputedRef<string>; tell: (words: () => string) => void } {
  const told = shallowRef<(() => string) | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));
  return {
    news: computed(() => told.value?.() ?? ""),
    tell(words) {
      told.value = words;
      clearTimeout(timer);
      timer = setTimeout(() => (told.value = null), IN_SIGHT_MS);
    },
  };
}
