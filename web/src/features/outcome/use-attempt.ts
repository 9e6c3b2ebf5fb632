/** One deed of a page: whether it is under way, and what went wrong in the last one. */
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";

export interface Attempts {
  busy: Readonly<Ref<boolean>>;
  /** Null while all is well. */
  failure: Readonly<ShallowRef<unknown>>;
  /** Whether it went well: only then what was written for it may go. */
  attempt: (work: () => Promise<void>) => Promise<boolean>;
}

/** `failed`: what may have changed is asked for again. */
export function useAttempt(failed: () => Promise<void>): Attempts {
  const busy = ref(false);
  const failure = shallowRef<unknown>(null);

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    busy.value = true;
    failure.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = error;
      await failed();
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, failure, attempt };
}
