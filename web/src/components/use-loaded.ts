/**
 * Something that is fetched and may fail, with the states that a page draws. A newer load makes the older one's answer
 * worthless; leaving the page gives both up.
 */
import { onScopeDispose, type Ref, ref, shallowRef } from "vue";

import { isAbort } from "@/api/client";

export interface Loaded<Value> {
  value: Readonly<Ref<Value | null>>;
  error: Readonly<Ref<unknown>>;
  loading: Readonly<Ref<boolean>>;
  load: () => Promise<void>;
  /** Fetches anew what is shown; where that fails it stays as it is. */
  refresh: () => Promise<void>;
}

export function useLoaded<Value>(fetchValue: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const value = shallowRef<Value | null>(null);
  const error = shallowRef<unknown>(null);
  const loading = ref(false);
  let current: AbortController | null = null;

  const fetchAnew = async (failed: (failure: unknown) => void): Promise<void> => {
    current?.abort();
    const mine = (current = new AbortController());
    try {
      const found = await fetchValue(mine.signal);
      if (current !== mine) return;
      value.value = found;
      error.value = null;
    } catch (failure) {
      if (current === mine && !isAbort(failure)) failed(failure);
    } finally {
      if (current === mine) loading.value = false;
    }
  };
  const load = (): Promise<void> => {
    loading.value = true;
    return fetchAnew((failure) => (error.value = failure));
  };
  const refresh = async (): Promise<void> => {
    if (!loading.value && value.value !== null) await fetchAnew(() => undefined);
  };
  onScopeDispose(() => {
    current?.abort();
    current = null;
  });
  return { value, error, loading, load, refresh };
}
