/** Registered sites, reported positions and live challenges by their routes. */
import type { ApiClient, RequestOptions, Schema } from "@/api/client";

export type Site = Schema<"SiteView">;
export type NewSite = Schema<"NewSite">;
export type Report = Schema<"ReportView">;
export type Whereabouts = Schema<"WhereaboutsOfInspection">;
export type Challenge = Schema<"ChallengeView">;
export type Task = Challenge["task"];

export interface SiteApi {
  site: (caseId: string, options?: RequestOptions) => Promise<Site | null>;
  registerSite: (caseId: string, place: NewSite) => Promise<Site | null>;
  whereabouts: (inspectionId: string, options?: RequestOptions) => Promise<Whereabouts>;
  challenges: (inspectionId: string, options?: RequestOptions) => Promise<Challenge[]>;
  /** `challengeId` is the page's own: asking with it again is the same challenge. */
  ask: (inspectionId: string, challengeId: string, wish: Schema<"NewChallenge">) => Promise<Challenge>;
  judge: (challengeId: string, passed: boolean) => Promise<Challenge>;
}

export function createSiteApi(client: ApiClient): SiteApi {
  const inspection = (id: string): string => `/api/inspections/${encodeURIComponent(id)}`;
  const site = (caseId: string): string => `/api/cases/${encodeURIComponent(caseId)}/site`;
  return {
    site: async (caseId, options) => (await client.get<Schema<"RegisteredSite">>(site(caseId), options)).site,
    registerSite: async (caseId, place) => (await client.put<Schema<"RegisteredSite">>(site(caseId), place)).site,
    whereabouts: (id, options) => client.get(`${inspection(id)}/whereabouts`, options),
    challenges: async (id, options) =>
      (await client.get<Schema<"Challenges">>(`${inspection(id)}/challenges`, options)).items,
    ask: (id, challengeId, wish) =>
      client.put(`${inspection(id)}/challenges/${encodeURIComponent(challengeId)}`, wish),
    judge: (challengeId, passed) => client.put(`/api/challenges/${encodeURIComponent(challengeId)}/judgement`, { passed }),
  };
}
