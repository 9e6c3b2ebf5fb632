/** The signed-in person's routes for components; the entry provides them. */
import { inject, type InjectionKey } from "vue";

import type { StaffApi } from "./staff";

export const staffApiKey: InjectionKey<StaffApi> = Symbol("staff-api");

export function useStaffApi(): StaffApi {
  const api = inject(staffApiKey);
  if (!api) throw new Error("The entry provides no API");
  return api;
}
