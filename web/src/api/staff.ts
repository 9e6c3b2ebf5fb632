/** The routes of a signed-in person, by name and with their types. */
import type { ApiClient, RequestOptions, Schema } from "./client";

export interface CaseQuery {
  query: string;
  permitItemId: string;
  /** Empty for all. */
  status: Schema<"CaseStatus"> | "";
  page: number;
}

export interface StaffApi {
  signIn: (body: Schema<"SignIn">) => Promise<Schema<"Me">>;
  signOut: () => Promise<void>;
  me: (options?: RequestOptions) => Promise<Schema<"Me">>;
  permitItems: (options?: RequestOptions) => Promise<Schema<"PermitItems">>;
  cases: (query: CaseQuery, options?: RequestOptions) => Promise<Schema<"CaseList">>;
  openCase: (body: Schema<"NewCase">) => Promise<Schema<"CaseDetail">>;
  caseDetail: (caseId: string, options?: RequestOptions) => Promise<Schema<"CaseDetail">>;
  startInspection: (caseId: string, body: Schema<"NewInspection">) => Promise<Schema<"InspectionDetail">>;
  /** What a case can be inspected together with. */
  jointOffers: (caseId: string, options?: RequestOptions) => Promise<Schema<"JointOffers">>;
  joinWithCase: (inspectionId: string, caseId: string) => Promise<Schema<"InspectionDetail">>;
  inspection: (inspectionId: string, options?: RequestOptions) => Promise<Schema<"InspectionDetail">>;
  endInspection: (inspectionId: string) => Promise<Schema<"InspectionDetail">>;
  ticket: (inspectionId: string, options?: RequestOptions) => Promise<Schema<"Ticket">>;
  invite: (inspectionId: string, body: Schema<"NewInvitation">) => Promise<Schema<"InvitationCreated">>;
  giveAccess: (inspectionId: string, body: Schema<"NewAccess">) => Promise<Schema<"AccessGiven">>;
  revokeInvitation: (invitationId: string) => Promise<void>;
  footage: (inspectionId: string, options?: RequestOptions) => Promise<Schema<"FootageIndex">>;
}

export function createStaffApi(client: ApiClient): StaffApi {
  return {
    signIn: (body) => client.post("/api/sign-in", body),
    signOut: () => client.post("/api/sign-out"),
    me: (options) => client.get("/api/me", options),
    permitItems: (options) => client.get("/api/permit-items", options),
    cases: (query, options) => client.get(`/api/cases?${searchOf(query)}`, options),
    openCase: (body) => client.post("/api/cases", body),
    caseDetail: (caseId, options) => client.get(`/api/cases/${encodeURIComponent(caseId)}`, options),
    startInspection: (caseId, body) => client.post(`/api/cases/${encodeURIComponent(caseId)}/inspections`, body),
    jointOffers: (caseId, options) => client.get(`/api/cases/${encodeURIComponent(caseId)}/joint`, options),
    joinWithCase: (id, caseId) =>
      client.put(`/api/inspections/${encodeURIComponent(id)}/cases/${encodeURIComponent(caseId)}`, {}),
    inspection: (id, options) => client.get(`/api/inspections/${encodeURIComponent(id)}`, options),
    endInspection: (id) => client.post(`/api/inspections/${encodeURIComponent(id)}/end`),
    ticket: (id, options) => client.post(`/api/inspections/${encodeURIComponent(id)}/tickets`, undefined, options),
    invite: (id, body) => client.post(`/api/inspections/${encodeURIComponent(id)}/invitations`, body),
    giveAccess: (id, body) => client.post(`/api/inspections/${encodeURIComponent(id)}/accesses`, body),
    revokeInvitation: (id) => client.delete(`/api/invitations/${encodeURIComponent(id)}`),
    footage: (id, options) => client.get(`/api/inspections/${encodeURIComponent(id)}/footage`, options),
  };
}

/** Empty filters are left out: the server takes a missing one for "all". */
function searchOf({ query, permitItemId, status, page }: CaseQuery): string {
  const search = new URLSearchParams();
  if (query) search.set("query", query);
  if (permitItemId) search.set("permit_item_id", permitItemId);
  if (status) search.set("status", status);
  if (page > 1) search.set("page", String(page));
  return search.toString();
}
