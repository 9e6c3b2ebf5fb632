import { expect, test } from "vitest";

import { aboutEvidence, type Evidence } from "@/api/evidence";
import type { Letter } from "@/features/evidence/outbox";

import type { Skip } from "./round";
import { stepsOf } from "./steps";

const PART = {
  part_id: "part",
  department: "",
  permit_item_name: "",
  points: [{ checklist_item_id: "item", area: "检验室", text: "烘箱", show: "铭牌" }],
};
const PLACE = { part_id: "part", checklist_item_id: "item" };
const sent = (second: number): Evidence => aboutEvidence("photo", second * 1000, PLACE) as unknown as Evidence;
const coming = (second: number): Letter => ({
  outgoing: { id: "a", about: aboutEvidence("photo", second * 1000, PLACE), file: null, requestId: null },
  state: { name: "waiting" },
});
const refused = (second: number): Letter => ({ ...coming(second), state: { name: "refused", code: "file_damaged", params: {} } });
const skip = (second: number): Skip => ({
  id: `skip-${second}`,
  said: { ...PLACE, reason: `第 ${second} 秒`, skipped_at: new Date(second * 1000).toISOString() },
  told: false,
});

test.each<[string, Evidence[], Letter[], Skip[], string]>([
  ["nothing was done", [], [], [], "open"],
  ["a photo waits here", [], [coming(1)], [], "kept"],
  ["the only photo was refused", [], [refused(1)], [], "open"],
  ["one is there, another one was refused", [sent(1)], [refused(2)], [], "sent"],
  ["a refused photo takes no skip back", [], [refused(2)], [skip(1)], "skipped"],
  ["a photo is there", [sent(1)], [], [], "sent"],
  ["one is there, another one waits", [sent(1)], [coming(2)], [], "kept"],
  ["it was passed over", [], [], [skip(1)], "skipped"],
  ["a photo after that counts", [sent(2)], [], [skip(1)], "sent"],
  ["passed over after a photo", [sent(1)], [], [skip(2)], "skipped"],
])("%s", (_name, there, letters, skips, status) => {
  expect(stepsOf([PART], there, letters, skips)[0]?.status).toBe(status);
});

test("of several skips the newest reason counts, and pictures of other points do not", () => {
  const elsewhere = { ...sent(9), checklist_item_id: "other" };
  expect(stepsOf([PART], [elsewhere], [], [skip(1), skip(2)])[0]).toMatchObject({ status: "skipped", reason: "第 2 秒" });
});
