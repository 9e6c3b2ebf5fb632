/** Screens that are loaded when their turn comes, so that the first one is there soon. */
import { defineAsyncComponent, type Component } from "vue";

import OpeningScreen from "./screens/OpeningScreen.vue";

const AGAIN_MS = 1500;

/** A network that is gone for a moment must not leave an empty page: it is tried until it comes. */
export function later<T extends Component>(load: () => Promise<{ default: T }>): T {
  return defineAsyncComponent<T>({ loader: load, loadingComponent: OpeningScreen, onError: tryAgain });
}

/** As `later`, for what stands beside a screen: nothing is shown in its place meanwhile. */
export function besideLater<T extends Component>(load: () => Promise<{ default: T }>): T {
  return defineAsyncComponent<T>({ loader: load, onError: tryAgain });
}

function tryAgain(_: Error, retry: () => void): void {
  setTimeout(retry, AGAIN_MS);
}
