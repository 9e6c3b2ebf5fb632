/** Keeping order among the people in a call: one thing at a time for each of them. */
import { inject, ref, shallowRef, type InjectionKey, type Ref, type ShallowRef } from "vue";

import type { ApiClient } from "@/api/client";

export interface PeopleDesk {
  /** About whom something is under way. */
  busy: Readonly<Ref<ReadonlySet<string>>>;
  failure: Readonly<ShallowRef<unknown>>;
  silence: (participantId: string) => Promise<void>;
  letSpeak: (participantId: string) => Promise<void>;
  remove: (participantId: string) => Promise<void>;
}

export const PEOPLE_DESK: InjectionKey<PeopleDesk> = Symbol("people-desk");

export function usePeopleDesk(): PeopleDesk {
  const desk = inject(PEOPLE_DESK);
  if (desk === undefined) throw new Error("Nobody keeps order here.");
  return desk;
}

export function createPeopleDesk(client: Pick<ApiClient, "put" | "delete">, inspectionId: string): PeopleDesk {
  const busy = ref<ReadonlySet<string>>(new Set());
  const failure = shallowRef<unknown>(null);
  const path = (participantId: string): string =>
    `/api/inspections/${encodeURIComponent(inspectionId)}/participants/${encodeURIComponent(participantId)}`;

  async function act(participantId: string, work: () => Promise<unknown>): Promise<void> {
    if (busy.value.has(participantId)) return;
    busy.value = new Set([...busy.value, participantId]);
    try {
      await work();
      failure.value = null;
    } catch (error) {
      failure.value = error;
    } finally {
      busy.value = new Set([...busy.value].filter((one) => one !== participantId));
    }
  }

  return {
    busy,
    failure,
    silence: (id) => act(id, () => client.put(`${path(id)}/silence`, {})),
    letSpeak: (id) => act(id, () => client.delete(`${path(id)}/silence`)),
    remove: (id) => act(id, () => client.delete(path(id))),
  };
}
