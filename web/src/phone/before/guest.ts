/** The guest's ways to the server, for the screens before the call. */
import { inject, type InjectionKey } from "vue";

import type { EvidenceApi } from "@/api/evidence";
import type { VisitApi } from "@/api/visit";

export const GUEST: InjectionKey<VisitApi> = Symbol("guest");
export const GUEST_EVIDENCE: InjectionKey<EvidenceApi> = Symbol("guest-evidence");

export function useGuest(): VisitApi {
  return provided(GUEST);
}

export function useGuestEvidence(): EvidenceApi {
  return provided(GUEST_EVIDENCE);
}

function provided<T>(key: InjectionKey<T>): T {
  const found = inject(key);
  if (found === undefined) throw new Error("The page provides no way to the server");
  return found;
}
