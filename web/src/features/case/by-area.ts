/** The checklist in the order of the route, neighbours of one area under one heading. */
import type { Schema } from "@/api/client";

type Point = Schema<"ChecklistItemView">;

export function byArea(checklist: readonly Point[]): { area: string; points: Point[] }[] {
  const groups: { area: string; points: Point[] }[] = [];
  for (const point of [...checklist].sort((a, b) => a.position - b.position)) {
    const last = groups.at(-1);
    if (last !== undefined && last.area === point.area) last.points.push(point);
    else groups.push({ area: point.area, points: [point] });
  }
  return groups;
}
