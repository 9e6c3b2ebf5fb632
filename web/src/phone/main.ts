/** Entry of the phone's page: joins an inspection by the invitation in the address's fragment. */
import { createApp } from "vue";

import { createTranslations } from "@/i18n";
import { translationsKey } from "@/i18n/use-language";

import App from "./App.vue";
import { browserLetters, LETTERS } from "./letters";
import "./phone.css";
import "@/styles/opening.css";

async function begin(): Promise<void> {
  const letters = browserLetters();
  const translations = await createTranslations({
    "zh-CN": () => import("@/i18n/phone.zh-CN"),
    en: () => import("@/i18n/phone.en"),
  });
  createApp(App).use(translations.plugin).provide(translationsKey, translations).provide(LETTERS, letters).mount("#app");
}

// Scanning another code with this page open changes only the fragment: begin anew with the other invitation.
window.addEventListener("hashchange", () => window.location.reload());

void begin();
