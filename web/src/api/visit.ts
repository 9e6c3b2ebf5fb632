/** What a guest does before and beside the call; the client carries the invitation's token. */
import type { ApiClient, RequestOptions, Schema } from "./client";

export interface VisitApi {
  sendCode: (phone: string) => Promise<Schema<"CodeSent">>;
  /** Null leaves it to the inspector in the call. */
  proveIdentity: (evidenceId: string | null) => Promise<Schema<"IdentityView">>;
  reportReadiness: (checks: Schema<"CheckView">[]) => Promise<void>;
  waiting: (options?: RequestOptions) => Promise<Schema<"WaitView">>;
  refuse: (reason: string) => Promise<void>;
  askForAnotherOfficer: (reason: string) => Promise<void>;
  keepOfficer: () => Promise<void>;
  iceServers: () => Promise<Schema<"IceServers">>;
  /** Each takes an offer and returns the answer. */
  rehearse: (sdp: string) => Promise<string>;
  rehearseBack: (sdp: string) => Promise<string>;
  endRehearsal: () => Promise<void>;
}

export function createVisitApi(client: ApiClient): VisitApi {
  const answerOf = async (path: string, sdp: string): Promise<string> =>
    (await client.post<Schema<"SessionDescription">>(path, { sdp })).sdp;
  return {
    sendCode: (phone) => client.post("/api/visit/codes", { phone }),
    proveIdentity: (evidenceId) => client.put("/api/visit/identity", { evidence_id: evidenceId }),
    reportReadiness: (checks) => client.put("/api/visit/readiness", { checks }),
    waiting: (options) => client.get("/api/visit/waiting", options),
    refuse: (reason) => client.put("/api/visit/refusal", { reason }),
    askForAnotherOfficer: (reason) => client.put("/api/visit/recusal", { reason }),
    keepOfficer: () => client.delete("/api/visit/recusal"),
    iceServers: () => client.get("/api/visit/ice-servers"),
    rehearse: (sdp) => answerOf("/api/visit/rehearsal", sdp),
    rehearseBack: (sdp) => answerOf("/api/visit/rehearsal/back", sdp),
    endRehearsal: () => client.delete("/api/visit/rehearsal"),
  };
}
