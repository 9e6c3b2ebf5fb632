/** The points under which evidence is filed, as a list to choose from. Pure. */
import type { Schema } from "@/api/client";

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

export function pointOf(points: readonly Point[], partId: string | null, itemId: string | null): Point | null {
  return points.find((point) => point.partId === partId && point.itemId === itemId) ?? null;
}
