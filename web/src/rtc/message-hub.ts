/**
 * Hands each message of the server to who listens for its type: one listener for each part of the page that a family of
 * messages concerns. `docs/protocol.md` says how a family is added.
 *
 * Parts of the page may be loaded when the call is already up. What they are told only at a change, and whole each time,
 * is therefore kept until the next `welcome`, and told to who begins to listen. What is told once, and makes sense only
 * together with what came before, waits for the first who listens.
 */

import type { ServerMessage } from "./messages";
import type { Unsubscribe } from "./observable";

export type MessageType = ServerMessage["type"];
export type MessageOf<T extends MessageType> = Extract<ServerMessage, { type: T }>;

const KEPT: ReadonlySet<MessageType> = new Set(["focused", "photo_requests", "picture_hints"]);
const AWAITED: ReadonlySet<MessageType> = new Set(["board", "drawn", "erased", "camera_asked", "camera_abilities"]);
/** More is not said while a part of the page is loaded; a page without that part keeps no more than this. */
const MOST_AWAITED = 200;

export class MessageHub {
  private readonly listeners = new Map<string, Set<(message: never) => void>>();
  private readonly newest = new Map<MessageType, ServerMessage>();
  private awaited: ServerMessage[] = [];

  on<T extends MessageType>(type: T, hear: (message: MessageOf<T>) => void): Unsubscribe {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(hear));
    const kept = this.newest.get(type);
    if (kept !== undefined) hear(kept as MessageOf<T>);
    const waited = this.awaited.filter((message) => message.type === type);
    this.awaited = this.awaited.filter((message) => message.type !== type);
    for (const message of waited) hear(message as MessageOf<T>);
    return () => listeners.delete(hear);
  }

  /** To everybody who listens now, in the order in which they came; a message that nobody knows is skipped. */
  tell(message: ServerMessage): void {
    if (message.type === "welcome") {
      this.newest.clear();
      this.awaited = [];
    }
    if (KEPT.has(message.type)) this.newest.set(message.type, message);
    const listeners = [...(this.listeners.get(message.type) ?? [])];
    if (listeners.length === 0 && AWAITED.has(message.type)) {
      this.awaited = [...this.awaited, message].slice(-MOST_AWAITED);
    }
    for (const hear of listeners) hear(message as never);
  }
}
