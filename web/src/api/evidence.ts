/** Evidence by its routes; the office and guests have the same ones under different paths. */
import type { ApiClient, RequestOptions, Schema } from "./client";
import type { UploadOptions } from "./upload";

export type Evidence = Schema<"EvidenceView">;
export type NewEvidence = Schema<"NewEvidence">;
export type EvidenceCopy = "thumbnail" | "display" | "marked";

export interface EvidenceApi {
  list: (options?: RequestOptions) => Promise<Schema<"EvidenceList">>;
  /** `id` is the sender's (`newEvidenceId`): sending the same again is the same thing again. */
  send: (id: string, about: NewEvidence, file: Blob | null, options?: UploadOptions) => Promise<Evidence>;
  withdraw: (id: string) => Promise<void>;
  copy: (id: string, copy: EvidenceCopy, options?: RequestOptions) => Promise<Blob>;
  original: (id: string, options?: RequestOptions) => Promise<Blob>;
}

export function createOfficeEvidenceApi(client: ApiClient, inspectionId: string): EvidenceApi {
  return createEvidenceApi(client, `/api/inspections/${encodeURIComponent(inspectionId)}/evidence`, "/api/evidence");
}

/** The client carries the invitation's token. */
export function createGuestEvidenceApi(client: ApiClient): EvidenceApi {
  return createEvidenceApi(client, "/api/visit/evidence", "/api/visit/evidence");
}

/** What is said of something that is sent; what is left out is unknown or does not apply. `takenAtMs`: server's clock. */
export function aboutEvidence(
  kind: NewEvidence["kind"],
  takenAtMs: number,
  more: Partial<Omit<NewEvidence, "kind" | "taken_at">> = {},
): NewEvidence {
  return {
    kind,
    taken_at: new Date(takenAtMs).toISOString(),
    part_id: null,
    checklist_item_id: null,
    participant_id: null,
    note: "",
    doorplate: null,
    device: "",
    position: null,
    drawing: [],
    ...more,
  };
}

export function newEvidenceId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function createEvidenceApi(client: ApiClient, all: string, one: string): EvidenceApi {
  const path = (id: string): string => `${one}/${encodeURIComponent(id)}`;
  return {
    list: (options) => client.get(all, options),
    send: (id, about, file, options) => client.upload(`${all}/${encodeURIComponent(id)}`, about, file, options),
    withdraw: (id) => client.delete(path(id)),
    copy: (id, copy, options) => client.bytes(`${path(id)}/copies/${copy}`, options),
    original: (id, options) => client.bytes(`${path(id)}/original`, options),
  };
}
