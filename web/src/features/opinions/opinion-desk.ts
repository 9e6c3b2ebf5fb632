/** What experts have written on points of the checklist, as the server has it. Others find it by `OPINION_DESK`. */
import { onScopeDispose, shallowRef, type InjectionKey, type ShallowRef } from "vue";

import { isAbort, type ApiClient, type Schema } from "@/api/client";

export type Opinion = Schema<"OpinionView">;

export interface OpinionDesk {
  /** In order of time; null before the first answer. */
  opinions: Readonly<ShallowRef<readonly Opinion[] | null>>;
  failure: Readonly<ShallowRef<unknown>>;
  reload: () => Promise<void>;
}

export const OPINION_DESK: InjectionKey<OpinionDesk> = Symbol("opinion-desk");

/** Args: path — where they are asked for. */
export function createOpinionDesk(client: ApiClient, path: string): OpinionDesk {
  const opinions = shallowRef<readonly Opinion[] | null>(null);
  const failure = shallowRef<unknown>(null);
  const gone = new AbortController();
  let asked = 0;
  onScopeDispose(() => gone.abort());

  return {
    opinions,
    failure,
    async reload() {
      // An answer that was overtaken by a newer one is no news.
      const mine = (asked += 1);
      try {
        const { items } = await client.get<Schema<"Opinions">>(path, { signal: gone.signal });
        if (mine !== asked) return;
        opinions.value = items;
        failure.value = null;
      } catch (error) {
        if (!isAbort(error) && mine === asked) failure.value = error;
      }
    },
  };
}

export function officeOpinions(inspectionId: string): string {
  return `/api/inspections/${encodeURIComponent(inspectionId)}/opinions`;
}

/** Those on one point. */
export function opinionsOn(opinions: readonly Opinion[] | null, partId: string, itemId: string): Opinion[] {
  return (opinions ?? []).filter((one) => one.part_id === partId && one.checklist_item_id === itemId);
}
