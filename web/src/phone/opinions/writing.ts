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

export interface WritingOptions {
  client: Pick<ApiClient, "put">;
  newId: () => string;
  drafts: Drafts;
  /** Ids of what was sent and not answered: sending the same text again, after a reload too, is the same opinion. */
  unanswered: Drafts;
}

export function createWriting({ client, newId, drafts, unanswered }: WritingOptions): Writing {
  const sending = ref<string | null>(null);
  const failure = shallowRef<unknown>(null);

  return {
    drafts,
    sending: readonly(sending),
    failure,
    async send(place) {
      const key = draftKey(place);
      const text = (drafts.value[key] ?? "").trim();
      if (text === "" || sending.value !== null) return false;
      const letter = `${key} ${text}`;
      const id = unanswered.value[letter] || newId();
      unanswered.value[letter] = id;
      sending.value = key;
      try {
        await client.put(`/api/visit/opinions/${id}`, { part_id: place.partId, checklist_item_id: place.itemId, text });
        unanswered.value[letter] = "";
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
