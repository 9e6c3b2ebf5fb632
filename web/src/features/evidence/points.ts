/** The points under which evidence is filed, as a list to choose from. Pure. */
import type { Schema } from "@/api/client";
import type { JudgedPart } from "@/features/checklist/standing";

export interface Point {
  partId: string;
  itemId: string;
  position: number;
  text: string;
  /** Names the part where there are several. */
  partName: string;
}

export function pointsOf(parts: readonly Schema<"PartView">[]): Point[] {
  return parts.flatMap((part) =>
    [...part.checklist]
      .sort((a, b) => a.position - b.position)
      .map(({ id, position, text }) => ({
        partId: part.id,
        itemId: id,
        position,
        text,
        partName: parts.length > 1 ? part.permit_item_name : "",
      })),
  );
}

/** Of the parts whose record is not signed yet. */
export function pointsToFileUnder(parts: readonly JudgedPart[]): Point[] {
  const open = parts.filter(({ may_decide, sealed_at }) => may_decide && sealed_at === null);
  return open.flatMap(({ part_id, items, permit_item_name }) =>
    items.map(({ item: { id, position, text } }) => {
      const partName = parts.length > 1 ? permit_item_name : "";
      return { partId: part_id, itemId: id, position, text, partName };
    }),
  );
}

export function pointOf(points: readonly Point[], partId: string | null, itemId: string | null): Point | null {
  return points.find((point) => point.partId === partId && point.itemId === itemId) ?? null;
}
