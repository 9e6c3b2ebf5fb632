/** Routes of the laptop. Pages are loaded when first opened. */
import { createRouter, createWebHistory, type Router } from "vue-router";

import { returnPathOf } from "./return-path";
import type { SignInState } from "./sign-in-state";

declare module "vue-router" {
  interface RouteMeta {
    /** Reachable without a sign-in. */
    open?: boolean;
    /** The page brings its own frame; the shell shows no header. */
    bare?: boolean;
    /** Key of the page's title in the texts. */
    title?: string;
  }
}

export function createPageRouter(signIn: SignInState): Router {
  const router = createRouter({
    history: createWebHistory(),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: "/", redirect: "/cases" },
      {
        path: "/sign-in",
        name: "sign-in",
        component: () => import("@/features/sign-in/SignInPage.vue"),
        meta: { open: true, bare: true, title: "signIn.title" },
      },
      {
        path: "/cases",
        name: "cases",
        component: () => import("@/features/cases/CasesPage.vue"),
        meta: { title: "cases.title" },
      },
      {
        path: "/cases/:caseId",
        name: "case",
        component: () => import("@/features/case/CasePage.vue"),
        props: true,
        meta: { title: "case.title" },
      },
      {
        path: "/inspections/:inspectionId",
        name: "call",
        component: () => import("@/features/call/CallPage.vue"),
        props: true,
        meta: { bare: true, title: "shell.page.call" },
      },
      {
        path: "/inspections/:inspectionId/replay",
        name: "replay",
        component: () => import("@/features/replay/ReplayPage.vue"),
        props: true,
        meta: { title: "shell.page.replay" },
      },
      {
        path: "/:path(.*)*",
        name: "not-found",
        component: () => import("./NotFoundPage.vue"),
        meta: { open: true, title: "shell.notFound.title" },
      },
    ],
  });

  router.beforeEach(async (to) => {
    let me;
    try {
      me = await signIn.ensure();
    } catch {
      return true; // The server cannot be asked: the frame shows that in place of the page, with a way to try again.
    }
    if (to.name === "sign-in" && me !== null) return returnPathOf(to.query.return);
    if (to.meta.open === true || me !== null) return true;
    return { name: "sign-in", query: to.fullPath === "/cases" ? {} : { return: to.fullPath } };
  });
  return router;
}
