/** The chat by its routes; the office and guests have the same ones under different paths. */
import type { ApiClient, RequestOptions, Schema } from "./client";

export type ChatMessage = Schema<"ChatMessageView">;

export interface ChatApi {
  /** In order of time. */
  list: (options?: RequestOptions) => Promise<readonly ChatMessage[]>;
  /** `id` is the sender's: sending the same again is the same thing again. */
  say: (id: string, text: string, options?: RequestOptions) => Promise<ChatMessage>;
}

export function createOfficeChatApi(client: ApiClient, inspectionId: string): ChatApi {
  return createChatApi(client, `/api/inspections/${encodeURIComponent(inspectionId)}/chat`);
}

/** The client carries the invitation's token. */
export function createGuestChatApi(client: ApiClient): ChatApi {
  return createChatApi(client, "/api/visit/chat");
}

function createChatApi(client: ApiClient, path: string): ChatApi {
  return {
    list: async (options) => (await client.get<Schema<"Chat">>(path, options)).items,
    say: (id, text, options) => client.put(`${path}/${encodeURIComponent(id)}`, { text }, options),
  };
}
