/**
 * The footage index of an inspection: loaded once, and read again every few seconds while footage may still arrive.
 *
 * A failed re-read keeps what is known and is tried again; only a first failure is the page's.
 */
import { computed, onScopeDispose, ref, watch, type Ref } from "vue";

import type { Schema } from "@/api/client";
import { useStaffApi } from "@/api/use-staff-api";
import { useLoaded } from "@/components/use-loaded";

type FootageIndex = Schema<"FootageIndex">;

const READ_EVERY_MS = 3_000;
/** After the end the last segments are still being uploaded. */
const SETTLING_MS = 60_000;

export interface LoadedIndex {
  index: Readonly<Ref<FootageIndex | null>>;
  error: Readonly<Ref<unknown>>;
  /** The latest re-read failed: what is shown may be old. */
  stale: Readonly<Ref<boolean>>;
  /** Footage may still be added. */
  mayGrow: Readonly<Ref<boolean>>;
  /** The server's clock now, in epoch milliseconds. */
  serverNow: () => number;
  reload: () => Promise<void>;
}

export function useFootageIndex(inspectionId: () => string): LoadedIndex {
  const api = useStaffApi();
  const loaded = useLoaded((signal) => api.footage(inspectionId(), { signal }));
  const offsetMs = ref(0);
  const shown = computed(() => (loaded.value.value?.inspection_id === inspectionId() ? loaded.value.value : null));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const load = async (): Promise<void> => {
    clearTimeout(timer);
    await loaded.load();
    const index = loaded.value.value;
    if (index) offsetMs.value = Date.parse(index.server_now) - Date.now();
    if (!closed && index && mayGrow(index)) timer = setTimeout(() => void load(), READ_EVERY_MS);
  };

  watch(inspectionId, load, { immediate: true });
  onScopeDispose(() => {
    closed = true;
    clearTimeout(timer);
  });
  return {
    index: shown,
    error: computed(() => (shown.value === null ? loaded.error.value : null)),
    stale: computed(() => shown.value !== null && loaded.error.value !== null),
    mayGrow: computed(() => shown.value !== null && mayGrow(shown.value)),
    serverNow: () => Date.now() + offsetMs.value,
    reload: load,
  };
}

function mayGrow(index: FootageIndex): boolean {
  if (index.live || index.ended_at === null) return true;
  return Date.parse(index.server_now) - Date.parse(index.ended_at) < SETTLING_MS;
}
