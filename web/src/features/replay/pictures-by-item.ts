/**
 * What an inspection without a call is looked at by: each point of the checklist with its pictures and clips, how it was
 * decided, and why it was passed over. Pure.
 */
import type { Evidence } from "@/api/evidence";
import type { PartOnDesk } from "@/features/checklist/checklist-desk";
import type { Standing } from "@/features/checklist/standing";
import type { Moment } from "@/features/moments/moment-desk";

export interface ItemPictures {
  key: string;
  /** Null: not filed under any point. */
  point: { position: number; text: string } | null;
  standing: Standing | null;
  /** What the person said for passing it over; null while there is a picture, or nothing was said. */
  skipped: { at: string; reason: string } | null;
  pictures: Evidence[];
}

const SHOWN: readonly Evidence["kind"][] = ["photo", "clip", "still", "document"];

/** In the order of the checklist, pictures in order of time; what is filed nowhere comes last, if there is any. */
export function picturesByItem(
  parts: readonly PartOnDesk[],
  all: readonly Evidence[],
  moments: readonly Moment[],
): ItemPictures[] {
  const shown = all.filter(({ kind, withdrawn_at }) => SHOWN.includes(kind) && withdrawn_at === null);
  const placed = new Set<string>();
  const items = parts.flatMap(({ part, rows }) =>
    rows.map(({ point, standing }): ItemPictures => {
      const pictures = shown.filter((one) => one.part_id === part.part_id && one.checklist_item_id === point.id);
      for (const { id } of pictures) placed.add(id);
      const last = moments.findLast(
        ({ kind, details }) => kind === "photos.skipped" && details["part"] === part.part_id && details["item"] === point.id,
      );
      const skipped = last === undefined || pictures.length > 0 ? null : { at: last.at, reason: String(last.details["reason"] ?? "") };
      return { key: `${part.part_id}/${point.id}`, point, standing, skipped, pictures };
    }),
  );
  const rest = shown.filter(({ id }) => !placed.has(id));
  return rest.length === 0 ? items : [...items, { key: "", point: null, standing: null, skipped: null, pictures: rest }];
}
