/** Giving out ways into a call and taking them back: what was made last, whether it is under way, and what went wrong. */
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { useStaffApi } from "@/api/use-staff-api";
import { useErrorText } from "@/components/use-error-text";

export interface Issuing<Made> {
  /** Made here last, with the secret that is told once; null before, and when it was taken back. */
  made: ShallowRef<Made | null>;
  busy: Readonly<Ref<boolean>>;
  /** In words; empty if there is none. */
  problem: Readonly<Ref<string>>;
  issue: (create: () => Promise<Made>) => Promise<void>;
  revoke: (id: string) => Promise<void>;
}

/**
 * Args:
 *     changed: called after each change on the server.
 */
export function useIssuing<Made extends { id: string }>(changed: () => void): Issuing<Made> {
  const api = useStaffApi();
  const errorText = useErrorText();
  const made = shallowRef<Made | null>(null) as ShallowRef<Made | null>;
  const busy = ref(false);
  const problem = ref("");

  async function attempt(work: () => Promise<void>): Promise<void> {
    busy.value = true;
    problem.value = "";
    try {
      await work();
      changed();
    } catch (error) {
      problem.value = errorText(error);
    } finally {
      busy.value = false;
    }
  }

  return {
    made,
    busy,
    problem,
    issue: (create) =>
      attempt(async () => {
        made.value = await create();
      }),
    revoke: (id) =>
      attempt(async () => {
        await api.revokeInvitation(id);
        if (made.value?.id === id) made.value = null;
      }),
  };
}
