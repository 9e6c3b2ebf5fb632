/** Ending the inspection for everybody, or leaving it alone: each asks first, and says what that means. */
import { ElMessageBox } from "element-plus";
import { onMounted, onUnmounted, readonly, ref, type Ref } from "vue";
import { useI18n } from "vue-i18n";
import { onBeforeRouteLeave } from "vue-router";

import { toApiError } from "@/api/client";

import "./call-confirm.css";
import { useFailureText } from "./use-failure-text";

export interface EndingOptions {
  /** Ends it on the server. */
  endInspection: () => Promise<unknown>;
  /** Whether the call is over for this window. */
  isOver: () => boolean;
  /** How many of this window's pictures are not on the server yet. */
  unsent: () => number;
  /** What somebody should know before: lines of text. */
  warnings: () => string[];
}

export function useEnding({ endInspection, isOver, unsent, warnings }: EndingOptions): { ending: Readonly<Ref<boolean>>; end: () => Promise<void> } {
  const { t } = useI18n();
  const failureText = useFailureText();
  const ending = ref(false);

  async function end(): Promise<void> {
    const text = [...warnings(), t("call.end.text")].join("\n");
    const sure = await confirmed(t("call.end.title"), text, t("call.end.confirm"), t("call.end.stay"));
    if (!sure) return;
    ending.value = true;
    try {
      await endInspection();
    } catch (error) {
      await ElMessageBox.alert(failureText(toApiError(error).code), t("call.end.title"), { type: "error" });
    } finally {
      ending.value = false;
    }
  }

  /** Closing the window by mistake would leave the enterprise alone, or pictures in this browser. */
  function warn(event: BeforeUnloadEvent): void {
    if (!isOver() || unsent() > 0) event.preventDefault();
  }

  onBeforeRouteLeave(async () => {
    if (isOver()) return true;
    return await confirmed(t("call.leave.title"), t("call.leave.text"), t("call.leave.confirm"), t("call.leave.stay"));
  });
  onMounted(() => window.addEventListener("beforeunload", warn));
  onUnmounted(() => window.removeEventListener("beforeunload", warn));

  return { ending: readonly(ending), end };
}

async function confirmed(title: string, text: string, confirm: string, stay: string): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, {
      confirmButtonText: confirm,
      cancelButtonText: stay,
      confirmButtonClass: "el-button--danger",
      customClass: "call-confirm",
      type: "warning",
      autofocus: false,
    });
    return true;
  } catch {
    // Element Plus rejects with "cancel" or "close": both mean no.
    return false;
  }
}
