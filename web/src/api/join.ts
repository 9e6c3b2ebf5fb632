/** The routes of a person who joins by invitation; the token in the body is the right. */
import type { ApiClient, RequestOptions, Schema } from "./client";

export interface JoinApi {
  open: (token: string, options?: RequestOptions) => Promise<Schema<"InvitationOpened">>;
  accept: (acceptance: Schema<"AcceptInvitation">, options?: RequestOptions) => Promise<Schema<"Accepted">>;
  ticket: (token: string, options?: RequestOptions) => Promise<Schema<"Ticket">>;
}

export function createJoinApi(client: ApiClient): JoinApi {
  return {
    open: (token, options) => client.post("/api/join/open", { token }, options),
    accept: (acceptance, options) => client.post("/api/join/accept", acceptance, options),
    ticket: (token, options) => client.post("/api/join/tickets", { token }, options),
  };
}
