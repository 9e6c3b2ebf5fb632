import { beforeEach, expect, test } from "vitest";

import { MessageHub } from "@/rtc/message-hub";
import type { ClientMessage, PhotoRequestState } from "@/rtc/messages";
import { WELCOME } from "@/rtc/testing/fake-socket";

import { createPhotoRequests, type PhotoRequests } from "./photo-requests";

let sent: ClientMessage[];
let messages: MessageHub;
let requests: PhotoRequests;
const PLACE = { partId: "part", itemId: "item" };

beforeEach(() => {
  sent = [];
  messages = new MessageHub();
  requests = createPhotoRequests((message) => sent.push(message));
  requests.follow({ messages });
});

function told(request_id: string): void {
  messages.tell({ type: "photo_requests", requests: [{ request_id, stage: "asked" } as PhotoRequestState] });
}

test("a wish names whose picture, of which point, and what of", () => {
  const id = requests.ask("phone", PLACE, { note: "铭牌" });
  expect(sent).toMatchObject([
    { type: "photo_request", request_id: id, participant_id: "phone", part_id: "part", checklist_item_id: "item", note: "铭牌" },
  ]);
});

test("a wish that the server has not heard is said again when the call is back, as the same wish", () => {
  const id = requests.ask("phone", PLACE, { note: "" });
  messages.tell(WELCOME);
  expect(sent.map((one) => "request_id" in one && one.request_id)).toEqual([id, id]);
  told(id);
  messages.tell(WELCOME);
  expect(sent).toHaveLength(2);
  expect(requests.list.value.map(({ stage }) => stage)).toEqual(["asked"]);
});

test("a wish that was refused is not said again", () => {
  const id = requests.ask("nobody", PLACE, { note: "" });
  messages.tell({ type: "error", code: "not_found", detail: "", params: {}, in_reply_to: id, connection: null });
  messages.tell(WELCOME);
  expect(sent).toHaveLength(1);
});

test("what is asked for is on its way until it is there, declined or taken back", () => {
  const stages = ["asked", "taking", "sending", "sent", "declined", "cancelled", "failed"] as const;
  messages.tell({ type: "photo_requests", requests: stages.map((stage, at) => ({ request_id: `wish-${at}`, stage }) as PhotoRequestState) });
  expect(requests.coming.value).toBe(3);
});
