/**
 * Languages of the pages. Each entry hands in how to load its own texts, so that the phone never loads the laptop's.
 *
 * The choice is kept in localStorage; the default is Chinese, whatever the browser says: that is what offices work in.
 */
import { createI18n, type I18n } from "vue-i18n";

import { loadPageAgain } from "@/components/load-again";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Texts = Record<string, unknown>;
export type TextLoader = Record<Language, () => Promise<{ default: Texts }>>;

const STORAGE_KEY = "inspect.language";

export interface Translations {
  plugin: I18n<Record<string, never>, Record<string, never>, Record<string, never>, string, false>;
  current: () => Language;
  use: (language: Language) => Promise<void>;
}

/** Made once by an entry; components use vue-i18n's `useI18n()` for texts and `useLanguage()` to switch. */
export async function createTranslations(load: TextLoader): Promise<Translations> {
  const plugin = createI18n({ legacy: false, locale: "zh-CN", fallbackLocale: false, messages: {} });
  const { global } = plugin;
  let wanted: Language = remembered();
  const speak = async (language: Language): Promise<void> => {
    wanted = language;
    if (!global.availableLocales.includes(language)) {
      const texts = await load[language]().catch(loadPageAgain);
      global.setLocaleMessage(language, texts.default as never);
    }
    // Another one may have been chosen while the texts were loaded.
    if (language !== wanted) return;
    global.locale.value = language;
    document.documentElement.lang = language;
  };
  const use = (language: Language): Promise<void> => {
    remember(language);
    return speak(language);
  };
  // All windows of one person speak one language. Who follows says nothing, or two windows would turn each other back.
  window.addEventListener("storage", ({ key }) => {
    if (key === STORAGE_KEY) void speak(remembered());
  });
  await speak(wanted);
  return { plugin, current: () => global.locale.value as Language, use };
}

function remembered(): Language {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return LANGUAGES.find((language) => language === stored) ?? "zh-CN";
  } catch {
    return "zh-CN"; // Storage is forbidden in some private windows.
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // The choice then holds until the page is closed.
  }
}
