import { expect, test } from "vitest";

import { aboutEvidence, type Evidence } from "@/api/evidence";
import type { OutgoingState } from "@/features/evidence/outbox";

import { progressOf } from "./requested";

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
