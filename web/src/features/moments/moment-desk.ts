/**
 * What was noted beside the footage of one inspection. Asked for again and again, it asks only for what is new.
 *
 * Lives with the component that makes it.
 */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

import { isAbort, type ApiClient, type Schema } from "@/api/client";

export type Moment = Schema<"MomentView">;

export interface MomentDesk {
  /** In order of time; null before the first answer. */
  moments: Readonly<ShallowRef<readonly Moment[] | null>>;
  /** Of whom they are about, by id. */
  names: Readonly<ShallowRef<Readonly<Record<string, string>>>>;
  failure: Readonly<ShallowRef<unknown>>;
  reload: () => Promise<void>;
}

export function createMomentDesk(client: ApiClient, inspectionId: string): MomentDesk {
  const path = `/api/inspections/${encodeURIComponent(inspectionId)}/moments`;
  const moments = shallowRef<readonly Moment[] | null>(null);
  const names = shallowRef<Readonly<Record<string, string>>>({});
  const failure = shallowRef<unknown>(null);
  const gone = new AbortController();
  let since: string | null = null;
  onScopeDispose(() => gone.abort());

  return {
    moments,
    names,
    failure,
    async reload() {
      const query = since === null ? "" : `?since=${encodeURIComponent(since)}`;
      try {
        const found = await client.get<Schema<"Moments">>(path + query, { signal: gone.signal });
        // Answers may overtake each other: what an older one brings is known then, and takes nothing back.
        if (since === null || Date.parse(found.asked_at) > Date.parse(since)) since = found.asked_at;
        moments.value = withNewer(moments.value ?? [], found.items);
        names.value = { ...names.value, ...found.names };
        failure.value = null;
      } catch (error) {
        if (!isAbort(error)) failure.value = error;
      }
    },
  };
}

/** In order of time, nothing twice. The same list again where nothing is new, so that nobody draws it anew. */
export function withNewer(known: readonly Moment[], found: readonly Moment[]): readonly Moment[] {
  const ids = new Set(known.map(({ id }) => id));
  const fresh = found.filter(({ id }) => !ids.has(id));
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
