/** What is drawn on a picture, as it is kept with a still of it. Pure. */
import type { DrawnOnPicture, DrawnPoint, DrawnShape } from "@/rtc/messages";

import { turned } from "../geometry";

type Points = DrawnShape["points"];

/** What is beside the picture after a turn lies at its edge. `aspect`: of the still. */
export function keptDrawing(drawn: readonly DrawnOnPicture[], aspect: number): Required<DrawnShape>[] {
  return drawn.map(({ shape, aspect: drawnAt }) => ({
    ...shape,
    ink: shape.ink ?? "red",
    text: shape.text ?? "",
    points: shape.points.map((place) => within(turned(place, drawnAt, aspect))) as unknown as Points,
  }));
}

function within({ x, y }: DrawnPoint): DrawnPoint {
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}
