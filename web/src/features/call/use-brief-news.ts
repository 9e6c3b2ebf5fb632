/** A few words about what has just happened, in sight for two seconds. */
import { onScopeDispose, readonly, ref, type Ref } from "vue";

const IN_SIGHT_MS = 2000;

export function useBriefNews(): { news: Readonly<Ref<string>>; tell: (words: string) => void } {
  const news = ref("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));
  return {
    news: readonly(news),
    tell(words) {
      news.value = words;
      clearTimeout(timer);
      timer = setTimeout(() => (news.value = ""), IN_SIGHT_MS);
    },
  };
}
