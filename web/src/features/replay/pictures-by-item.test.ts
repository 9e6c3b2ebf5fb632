/** An inspection without a call, item by item. */
import { expect, test } from "vitest";

import type { Evidence } from "@/api/evidence";
import type { PartOnDesk } from "@/features/checklist/checklist-desk";
import type { Moment } from "@/features/moments/moment-desk";

import { picturesByItem } from "./pictures-by-item";

const PARTS = [
  {
    part: { part_id: "part" },
    rows: ["one", "two"].map((id, index) => ({ point: { id, position: index + 1, text: id }, standing: null, saved: true })),
    open: true,
  },
] as unknown as PartOnDesk[];

function picture(id: string, itemId: string | null, more: Partial<Evidence> = {}): Evidence {
  return { id, kind: "photo", part_id: itemId && "part", checklist_item_id: itemId, withdrawn_at: null, ...more } as Evidence;
}

function skipped(itemId: string, reason: string): Moment {
  const details = { part: "part", item: itemId, reason };
  return { id: reason, at: "2026-11-28T01:00:00Z", kind: "photos.skipped", participant_id: "p", actor: "participant:p", details };
}

test("every point stands there, with its pictures and clips or with nothing", () => {
  const found = picturesByItem(PARTS, [picture("a", "two"), picture("b", "two", { kind: "clip" })], []);
  expect(found.map(({ point, pictures }) => [point?.text, pictures.map(({ id }) => id)])).toEqual([
    ["one", []],
    ["two", ["a", "b"]],
  ]);
});

test("what was taken back, and whose face it is, is no picture of the site; what is filed nowhere comes last", () => {
  const all = [picture("back", "one", { withdrawn_at: "2026-11-28T01:00:00Z" }), picture("face", null, { kind: "identity" }), picture("loose", null)];
  const found = picturesByItem(PARTS, all, []);
  expect(found.map(({ pictures }) => pictures.map(({ id }) => id))).toEqual([[], [], ["loose"]]);
  expect(found.at(-1)?.point).toBeNull();
});

test("a point that was passed over says why, until there is a picture after all", () => {
  const moments = [skipped("one", "设备送检"), skipped("one", "换了理由"), skipped("two", "后来拍了")];
  const found = picturesByItem(PARTS, [picture("a", "two")], moments);
  expect(found.map((one) => one.skipped?.reason)).toEqual(["换了理由", undefined]);
});
