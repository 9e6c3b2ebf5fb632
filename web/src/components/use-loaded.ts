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
}

export function useLoaded<Value>(fetchValue: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const value = shallowRef<Value | null>(null);
  const error = shallowRef<unknown>(null);
  const loading = ref(false);
  let current: AbortController | null = null;

  const load = async (): Promise<void> => {
    current?.abort();
    const mine = (current = new AbortController());
    loading.value = true;
    try {
      const found = await fetchValue(mine.signal);
      if (current !== mine) return;
      value.value = found;
      error.value = null;
    } catch (failure) {
      if (current !== mine || isAbort(failure)) return;
      error.value = failure;
    } finally {
      if (current === mine) loading.value = false;
    }
  };
  onScopeDispose(() => {
    current?.abort();
    current = null;
  });
  return { value, error, loading, load };
}
