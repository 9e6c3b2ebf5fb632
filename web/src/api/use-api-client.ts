/** The signed-in person's way to the server for components whose routes belong to their own folder. */
import { inject, type InjectionKey } from "vue";

import type { ApiClient } from "./client";

export const apiClientKey: InjectionKey<ApiClient> = Symbol("api-client");

export function useApiClient(): ApiClient {
  const client = inject(apiClientKey);
  if (!client) throw new Error("The entry provides no API client");
  return client;
}
