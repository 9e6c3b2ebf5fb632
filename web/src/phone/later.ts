/** Parts that are loaded when their turn comes, so that the first screen is there soon. */
import { defineAsyncComponent, type Component } from "vue";

import { loadPageAgain } from "@/components/load-again";

import OpeningScreen from "./screens/OpeningScreen.vue";

/** A screen. A network that is gone for a moment must not leave an empty page. */
export function later<T extends Component>(load: () => Promise<{ default: T }>): T {
  return defineAsyncComponent<T>({ loader: () => load().catch(loadPageAgain), loadingComponent: OpeningScreen });
}

/** As `later`, for what stands beside a screen: nothing is shown in its place meanwhile. */
export function besideLater<T extends Component>(load: () => Promise<{ default: T }>): T {
  return defineAsyncComponent<T>({ loader: () => load().catch(loadPageAgain) });
}
