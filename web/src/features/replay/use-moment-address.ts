/**
 * Keeps the page's address at the moment that is shown, so that a reload or a copied address comes back to it.
 *
 * Written when the clock stands or has jumped, after a short rest: browsers allow few changes of the address a second.
 * It goes by the router's history and is no navigation: the page neither scrolls nor loads anything.
 */
import { onScopeDispose, watch } from "vue";
import { useRoute, useRouter } from "vue-router";

import { formatMoment } from "./time/moment";
import type { Replay } from "./use-replay";

const REST_MS = 400;
/** A running clock moves less between two frames, at 8 times the speed and with frames dropped. */
const JUMP_MS = 2_000;

export function useMomentAddress(replay: Pick<Replay, "positionMs" | "playing">, zone: string): void {
  const route = useRoute();
  const router = useRouter();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function write(): void {
    const t = formatMoment(Math.round(replay.positionMs.value), zone);
    const { fullPath } = router.resolve({ query: { ...route.query, t }, hash: route.hash });
    const { history } = router.options;
    if (fullPath !== history.location) history.replace(fullPath);
  }

  watch([replay.positionMs, replay.playing], ([atMs, playing], [beforeMs]) => {
    if (playing && Math.abs(atMs - beforeMs) < JUMP_MS) return;
    clearTimeout(timer);
    timer = setTimeout(write, REST_MS);
  });
  onScopeDispose(() => clearTimeout(timer));
}
