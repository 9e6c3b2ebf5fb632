/** Entry of the laptop's pages: makes the parts once and ties them together. */
import { createApp, watch } from "vue";

import { createApiClient } from "@/api/client";
import { createStaffApi } from "@/api/staff";
import { apiClientKey } from "@/api/use-api-client";
import { staffApiKey } from "@/api/use-staff-api";
import { createTranslations } from "@/i18n";
import { translationsKey } from "@/i18n/use-language";
import App from "@/shell/App.vue";
import { createPageRouter } from "@/shell/router";
import { createSignInState, type SignInState, signInStateKey } from "@/shell/sign-in-state";

import "@/styles/base.css";
import "@/styles/opening.css";

async function start(): Promise<void> {
  const translations = await createTranslations({
    "zh-CN": () => import("@/i18n/laptop.zh-CN"),
    en: () => import("@/i18n/laptop.en"),
  });

  const client = createApiClient({
    csrfToken: () => signIn.me.value?.csrf_token ?? null,
    onSignedOut: () => signIn.lost(),
  });
  const api = createStaffApi(client);
  const signIn: SignInState = createSignInState(api);
  const router = createPageRouter(signIn);

  watch(signIn.expired, (expired) => {
    const { name, fullPath } = router.currentRoute.value;
    if (expired && name !== "sign-in") void router.push({ name: "sign-in", query: { return: fullPath } });
  });

  createApp(App)
    .use(translations.plugin)
    .use(router)
    .provide(translationsKey, translations)
    .provide(apiClientKey, client)
    .provide(staffApiKey, api)
    .provide(signInStateKey, signIn)
    .mount("#app");
}

void start();
