/** Words for an error code on the call page: its own where it has one, else the general ones, else the code. */
import { useI18n } from "vue-i18n";

export function useFailureText(): (code: string) => string {
  const i18n = useI18n();
  return (code) => {
    const key = [`call.failed.${code}`, `errors.${code}`].find((one) => i18n.te(one));
    return key === undefined ? i18n.t("call.over.failed.text", { code }) : i18n.t(key);
  };
}
