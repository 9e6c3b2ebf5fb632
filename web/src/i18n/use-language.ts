/** The language switch for components of both entries. */
import { inject, type InjectionKey } from "vue";

import type { Translations } from "./index";

export const translationsKey: InjectionKey<Translations> = Symbol("translations");

export function useLanguage(): Translations {
  const translations = inject(translationsKey);
  if (!translations) throw new Error("The entry provides no translations");
  return translations;
}
