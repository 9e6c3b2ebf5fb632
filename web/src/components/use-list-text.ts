/** Several names in one sentence, in the language of the page. */
import { useI18n } from "vue-i18n";

export function useListText(): (names: readonly string[]) => string {
  const { locale } = useI18n();
  return (names) => new Intl.ListFormat(locale.value, { type: "conjunction" }).format(names);
}
