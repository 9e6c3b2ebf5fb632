/** A WebSocket whose other end is the test. */

import type { ServerMessage } from "../messages";
import type { Socket } from "../wire";

export class FakeSocket implements Socket {
  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent) => unknown) | null = null;
  onclose: ((event: CloseEvent) => unknown) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closedByPage = false;
  /** Whether pings are answered. */
  answers = true;

  send(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    this.sent.push(message);
    if (message["type"] === "ping" && this.answers) this.say({ type: "pong", server_time: "2026-11-21T07:00:00Z" });
  }

  close(): void {
    this.closedByPage = true;
  }

  accept(): void {
    this.onopen?.({} as Event);
  }

  say(message: ServerMessage): void {
    this.sayText(JSON.stringify(message));
  }

  sayText(data: string): void {
    this.onmessage?.({ data } as MessageEvent);
  }

  drop(code = 1006): void {
    this.onclose?.({ code } as CloseEvent);
  }

  ofType(type: string): Record<string, unknown>[] {
    return this.sent.filter((message) => message["type"] === type);
  }
}

export const WELCOME: Extract<ServerMessage, { type: "welcome" }> = {
  type: "welcome",
  version: 1,
  participant_id: "me",
  window: 0,
  inspection_id: "inspection",
  role: "enterprise",
  kind: "initial",
  admitted: true,
  started_at: "2026-11-21T06:59:00Z",
  server_time: "2026-11-21T07:00:00Z",
  ice_servers: [],
  participants: [],
};
