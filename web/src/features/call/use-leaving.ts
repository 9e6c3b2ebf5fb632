/** Leaving a call that goes on: asks first, for it would leave the enterprise alone. */
import { onMounted, onUnmounted } from "vue";
import { useI18n } from "vue-i18n";
import { onBeforeRouteLeave } from "vue-router";

import { confirmed } from "./confirmed";

export interface LeavingOptions {
  /** Whether the call is over for this window. */
  isOver: () => boolean;
  /** Whether pictures or decisions of this window are not on the server yet. */
  hasUnsent: () => boolean;
}

export function useLeaving({ isOver, hasUnsent }: LeavingOptions): void {
  const { t } = useI18n();

  /** Closing the window by mistake would leave the enterprise alone, or work in this browser. */
  function warn(event: BeforeUnloadEvent): void {
    if (!isOver() || hasUnsent()) event.preventDefault();
  }

  onBeforeRouteLeave(async () => {
    if (isOver()) return true;
    return await confirmed(t("call.leave.title"), t("call.leave.text"), t("call.leave.confirm"), t("call.leave.stay"));
  });
  onMounted(() => window.addEventListener("beforeunload", warn));
  onUnmounted(() => window.removeEventListener("beforeunload", warn));
}
