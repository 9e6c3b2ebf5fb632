/** The list's filters live in the address, so that a link or the back button brings the same list again. */
import type { LocationQuery, LocationQueryRaw } from "vue-router";

import type { CaseQuery } from "@/api/staff";

const STATUSES = ["open", "inspecting", "inspected"] as const;

export function readCaseQuery(query: LocationQuery): CaseQuery {
  const text = (value: LocationQuery[string] | undefined): string => (typeof value === "string" ? value : "");
  const page = Number.parseInt(text(query.page), 10);
  return {
    query: text(query.q).slice(0, 100),
    permitItemId: text(query.item),
    status: STATUSES.find((status) => status === query.status) ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** Only what differs from the full list is written. */
export function writeCaseQuery(query: CaseQuery): LocationQueryRaw {
  return {
    ...(query.query && { q: query.query }),
    ...(query.permitItemId && { item: query.permitItemId }),
    ...(query.status && { status: query.status }),
    ...(query.page > 1 && { page: String(query.page) }),
  };
}

export function isFiltered(query: CaseQuery): boolean {
  return Boolean(query.query || query.permitItemId || query.status);
}
