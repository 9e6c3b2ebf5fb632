/** Ending the inspection for everybody: asks first, and says what that means. */
import { ElMessageBox } from "element-plus";
import { readonly, ref, type Ref } from "vue";
import { useI18n } from "vue-i18n";

import { toApiError } from "@/api/client";

import { confirmed } from "./confirmed";
import { useFailureText } from "./use-failure-text";

export interface EndingOptions {
  /** Ends it on the server. */
  endInspection: () => Promise<unknown>;
  /** What somebody should know before: lines of text. */
  warnings: () => string[];
}

export function useEnding({ endInspection, warnings }: EndingOptions): { ending: Readonly<Ref<boolean>>; end: () => Promise<void> } {
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
      const { code, params } = toApiError(error);
      await ElMessageBox.alert(failureText(code, params), t("call.end.title"), { type: "error" });
    } finally {
      ending.value = false;
    }
  }

  return { ending: readonly(ending), end };
}
