import { expect, test } from "vitest";

import { aboutEvidence, type Evidence } from "@/api/evidence";
import type { Letter, OutgoingState } from "@/features/evidence/outbox";

import type { PhotoRequestState } from "@/rtc/messages";

import { progressOf, RequestedPhotos, wantedOf, type Progress } from "./requested";

const OUTGOING = { id: "photo", about: aboutEvidence("photo", 0), file: null, requestId: "wish" };

test.each<[OutgoingState, string, number, string | null]>([
  [{ name: "waiting" }, "sending", 0, null],
  [{ name: "sending", fraction: 0.47 }, "sending", 0.4, null],
  [{ name: "delayed", code: "network_unreachable" }, "sending", 0, null],
  [{ name: "refused", code: "file_damaged", params: {} }, "failed", 0, null],
  [{ name: "sent", evidence: {} as Evidence }, "sent", 1, "photo"],
])("%j is told as %s", (state, stage, fraction, evidenceId) => {
  expect(progressOf({ outgoing: OUTGOING, state })).toMatchObject({
    request_id: "wish",
    stage,
    fraction,
    evidence_id: evidenceId,
  });
});

test("of what nobody asked for nothing is told", () => {
  expect(progressOf({ outgoing: { ...OUTGOING, requestId: null }, state: { name: "waiting" } })).toBeNull();
});

const request = (stage: PhotoRequestState["stage"], id = "wish"): PhotoRequestState => ({
  request_id: id,
  participant_id: "phone",
  part_id: null,
  checklist_item_id: null,
  note: "",
  doorplate: null,
  asked_at: "2026-11-28T00:00:00Z",
  stage,
  fraction: 0,
  evidence_id: null,
});
const letter = (state: OutgoingState): Letter => ({ outgoing: OUTGOING, state });
const SENT = letter({ name: "sent", evidence: {} as Evidence });

test.each<[PhotoRequestState["stage"], boolean]>([
  ["asked", true],
  ["taking", true],
  ["failed", true],
  ["sending", false],
  ["sent", false],
  ["declined", false],
  ["cancelled", false],
])("a wish that the room knows as %s is still to be answered: %s", (stage, wanted) => {
  expect(wantedOf([request(stage)], [], new Set()) !== null).toBe(wanted);
});

test("a wish that a photo is on its way for is asked no more, until the photo is given up", () => {
  expect(wantedOf([request("taking")], [letter({ name: "waiting" })], new Set())).toBeNull();
  expect(wantedOf([request("failed")], [letter({ name: "refused", code: "file_damaged", params: {} })], new Set())).toBeNull();
  expect(wantedOf([request("failed")], [], new Set())?.request_id).toBe("wish");
});

test("the next wish comes when the last word on the first is said", () => {
  const requested = new RequestedPhotos(() => undefined);
  requested.decline("wish");
  expect(wantedOf([request("asked"), request("asked", "next")], [], requested.answered.value)?.request_id).toBe("next");
});

test.each<[string, (requested: RequestedPhotos) => void, Progress["stage"]]>([
  ["sent", (requested) => [[SENT], []].forEach((letters) => requested.follow(letters)), "sent"],
  ["declined", (requested) => requested.decline("wish"), "declined"],
  ["refused", (requested) => requested.follow([letter({ name: "refused", code: "file_damaged", params: {} })]), "failed"],
])("that it was %s is said again over a new WebSocket until the room knows it, and once over each", (_, happen, stage) => {
  const told: string[] = [];
  const requested = new RequestedPhotos((progress) => told.push(progress.stage));
  happen(requested);
  requested.heard([request("sending")]);
  expect(told).toEqual([stage]);
  requested.connected();
  requested.heard([request("sending")]);
  requested.heard([request("sending")]);
  expect(told).toEqual([stage, stage]);
  requested.connected();
  requested.heard([request("declined")]);
  expect(told).toHaveLength(2);
});
