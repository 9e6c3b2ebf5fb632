/** Does something again and again while the page is in sight, and ends with the component that asked for it. */
import { onScopeDispose } from "vue";

export function whileVisible(everyMs: number, work: () => void): void {
  const timer = setInterval(() => {
    if (!document.hidden) work();
  }, everyMs);
  onScopeDispose(() => clearInterval(timer));
}
