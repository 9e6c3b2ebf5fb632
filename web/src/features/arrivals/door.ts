/** Who stands at the door of the call, kept up to date while the inspector is in it. */
import { readonly, shallowRef, type InjectionKey, type ShallowRef } from "vue";

import { isAbort, toApiError, type ApiClient, type Schema } from "@/api/client";

export type Arrival = Schema<"ArrivalView">;

export type Decline = Schema<"DeclineView">;

export interface Door {
  arrivals: Readonly<ShallowRef<readonly Arrival[]>>;
  /** What somebody with a link will not, as long as nothing has settled it. */
  declines: Readonly<ShallowRef<readonly Decline[]>>;
  /** The code of what went wrong last, empty while all is well. */
  problem: Readonly<ShallowRef<string>>;
  reload: () => Promise<void>;
  admit: (participantId: string) => Promise<void>;
}

export const DOOR: InjectionKey<Door> = Symbol("door");

export function createDoor(client: ApiClient, inspectionId: string): Door {
  const arrivals = shallowRef<readonly Arrival[]>([]);
  const declines = shallowRef<readonly Decline[]>([]);
  const problem = shallowRef("");
  const path = `/api/inspections/${encodeURIComponent(inspectionId)}`;
  let asked = 0;

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      problem.value = "";
    } catch (error) {
      if (!isAbort(error)) problem.value = toApiError(error).code;
    }
  }

  /** An answer that was overtaken by a newer one is no news. */
  async function load(): Promise<void> {
    const mine = (asked += 1);
    const found = await client.get<Schema<"Arrivals">>(`${path}/arrivals`);
    if (mine !== asked) return;
    arrivals.value = found.items;
    declines.value = found.declines.filter((one) => one.settled_at === null);
  }

  return {
    arrivals,
    declines,
    problem: readonly(problem),
    reload: () => attempt(load),
    admit: (participantId) =>
      attempt(async () => {
        await client.put(`${path}/participants/${encodeURIComponent(participantId)}/admission`, {});
        await load();
      }),
  };
}

/** What of the phone's test an inspector should know before calling: what is not good, the worst first. */
export function concerns(arrival: Arrival): Schema<"CheckView">[] {
  const order = ["bad", "weak", "not_tested"];
  return (arrival.readiness?.checks ?? [])
    .filter((one) => order.includes(one.verdict))
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

/** Who sent photos for the enterprise and was not let in: nobody has said yet that they are who they say. */
export function unconfirmed(arrivals: readonly Arrival[], pictures: readonly { author: string }[]): Arrival[] {
  const senders = new Set(pictures.map(({ author }) => author));
  const isOfEnterprise = ({ role }: Arrival): boolean => role === "enterprise" || role === "helper";
  return arrivals.filter((one) => one.admitted_at === null && isOfEnterprise(one) && senders.has(`participant:${one.participant_id}`));
}

/** Who waits, longest first. */
export function waiting(arrivals: readonly Arrival[]): Arrival[] {
  return arrivals.filter((one) => one.waiting_since !== null && one.admitted_at === null);
}
