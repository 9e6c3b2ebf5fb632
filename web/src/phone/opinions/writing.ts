/** Writing an opinion on a point: kept while it is typed, sent once however often the button is pressed. */
import { readonly, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import type { ApiClient } from "@/api/client";
import type { Drafts } from "@/components/drafts";

export interface Place {
  partId: string;
  itemId: string;
}

export interface Writing {
  /** What is being written on each point, by point; not sent yet. */
  drafts: Drafts;
  /** The point whose opinion is on its way, or null. */
  sending: Readonly<Ref<string | null>>;
  failure: Readonly<ShallowRef<unknown>>;
  /** Whether the server has it. */
  send: (place: Place) => Promise<boolean>;
}

export function draftKey({ partId, itemId }: Place): string {
  return `${partId}/${itemId}`;
}

/** Args: newId — for an opinion; sending the same text again keeps the id, for the answer may have been lost. */
export function createWriting(client: Pick<ApiClient, "put">, newId: () => string, drafts: Drafts): Writing {
  const sending = ref<string | null>(null);
  const failure = shallowRef<unknown>(null);
  const ids = new Map<string, string>();

  return {
    drafts,
    sending: readonly(sending),
    failure,
    async send(place) {
      const key = draftKey(place);
      const text = (drafts.value[key] ?? "").trim();
      if (text === "" || sending.value !== null) return false;
      const letter = `${key} ${text}`;
      const id = ids.get(letter) ?? newId();
      ids.set(letter, id);
      sending.value = key;
      try {
        await client.put(`/api/visit/opinions/${id}`, { part_id: place.partId, checklist_item_id: place.itemId, text });
        ids.delete(letter);
        // What was typed meanwhile stays.
        if ((drafts.value[key] ?? "").trim() === text) drafts.value = { ...drafts.value, [key]: "" };
        failure.value = null;
        return true;
      } catch (error) {
        failure.value = error;
        return false;
      } finally {
        sending.value = null;
      }
    },
  };
}
