/** What came of an inspection by its routes; the office and guests have the same ones under different paths. */
import type { ApiClient, RequestOptions, Schema } from "@/api/client";

export type Outcome = Schema<"OutcomeView">;
export type PartOutcome = Schema<"PartOutcomeView">;
export type InspectionRecord = Schema<"RecordView">;
export type NewAnswer = Schema<"NewRecordAnswer">;
export type NewRating = Schema<"NewRating">;

export interface OutcomeApi {
  show: (options?: RequestOptions) => Promise<Outcome>;
  /** `id` is the sender's: sending the same again is the same thing again. */
  answer: (recordId: string, id: string, answer: NewAnswer, signature: Blob | null) => Promise<void>;
  document: (recordId: string) => Promise<Blob>;
  picture: (recordId: string, evidenceId: string, copy: "thumbnail" | "display", options?: RequestOptions) => Promise<Blob>;
}

export interface GuestOutcomeApi extends OutcomeApi {
  rate: (id: string, rating: NewRating) => Promise<Schema<"RatingView">>;
}

export function createOfficeOutcomeApi(client: ApiClient, inspectionId: string): OutcomeApi {
  return createOutcomeApi(client, `/api/inspections/${encodeURIComponent(inspectionId)}/outcome`, "/api/records");
}

/** The client carries the invitation's token. */
export function createGuestOutcomeApi(client: ApiClient): GuestOutcomeApi {
  return {
    ...createOutcomeApi(client, "/api/visit/outcome", "/api/visit/records"),
    rate: (id, rating) => client.put(`/api/visit/ratings/${encodeURIComponent(id)}`, rating),
  };
}

function createOutcomeApi(client: ApiClient, outcome: string, records: string): OutcomeApi {
  const path = (recordId: string): string => `${records}/${encodeURIComponent(recordId)}`;
  return {
    show: (options) => client.get(outcome, options),
    answer: (recordId, id, answer, signature) =>
      client.upload(`${path(recordId)}/answers/${encodeURIComponent(id)}`, answer, signature),
    document: (recordId) => client.bytes(`${path(recordId)}/document`),
    picture: (recordId, evidenceId, copy, options) =>
      client.bytes(`${path(recordId)}/pictures/${encodeURIComponent(evidenceId)}/${copy}`, options),
  };
}
