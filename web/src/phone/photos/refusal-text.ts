/** Why a photo is not taken, in plain words. */
import { useI18n } from "vue-i18n";

export function useRefusalText(): (code: string) => string {
  const i18n = useI18n();
  return (code) =>
    i18n.te(`photos.refused.${code}`) ? i18n.t(`photos.refused.${code}`) : i18n.t("photos.refused.other", { code });
}
