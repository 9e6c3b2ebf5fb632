/** One picture or document on its way to the server before the call. */
import { readonly, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { isAbort, toApiError, type ApiError } from "@/api/client";
import { aboutEvidence, newEvidenceId, type EvidenceApi, type NewEvidence } from "@/api/evidence";

export type PaperState = "missing" | "sending" | "sent" | "failed";

export interface Paper {
  state: Readonly<Ref<PaperState>>;
  /** From 0 to 1. */
  progress: Readonly<Ref<number>>;
  problem: Readonly<ShallowRef<ApiError | null>>;
  /** Sends this file; returns the id of the evidence, null if that failed. */
  send: (file: Blob) => Promise<string | null>;
}

export function usePaper(api: EvidenceApi, kind: NewEvidence["kind"], device: string, serverNowMs: () => number): Paper {
  const state = ref<PaperState>("missing");
  const progress = ref(0);
  const problem = shallowRef<ApiError | null>(null);

  async function send(file: Blob): Promise<string | null> {
    state.value = "sending";
    progress.value = 0;
    problem.value = null;
    const id = newEvidenceId();
    try {
      await api.send(id, aboutEvidence(kind, serverNowMs(), { device }), file, { onProgress: (fraction) => (progress.value = fraction) });
    } catch (error) {
      if (isAbort(error)) return null;
      problem.value = toApiError(error);
      state.value = "failed";
      return null;
    }
    state.value = "sent";
    return id;
  }

  return { state: readonly(state), progress: readonly(progress), problem: readonly(problem), send };
}
