/** A shape while it is being drawn. Pure. */
import type { DrawnPoint, DrawnShape, Ink, ShapeKind } from "@/rtc/messages";

export type StrokeKind = Exclude<ShapeKind, "text">;

/** As many as the server takes of one line. */
const MOST_POINTS = 400;
/** A line gets a further point after so much of the picture; finer nobody sees. */
const LEAST_STEP = 0.006;
/** A shape smaller than this was a slip of the hand. */
const LEAST_SIZE = 0.012;

export function begun(id: string, kind: StrokeKind, ink: Ink, at: DrawnPoint): DrawnShape {
  const place = rounded(at);
  return { id, kind, ink, text: "", points: [place, place] as unknown as DrawnShape["points"] };
}

export function grown(shape: DrawnShape, to: DrawnPoint): DrawnShape {
  const [first, ...rest] = shape.points;
  const place = rounded(to);
  if (shape.kind !== "line") return { ...shape, points: [first, place] as unknown as DrawnShape["points"] };
  const before = rest.at(-1) ?? first;
  if (distance(before, place) < LEAST_STEP) return shape;
  const points = thinned([first, ...rest, place]);
  return { ...shape, points: points as unknown as DrawnShape["points"] };
}

export function words(id: string, ink: Ink, at: DrawnPoint, text: string): DrawnShape {
  return { id, kind: "text", ink, text, points: [rounded(at)] };
}

export function isWorthKeeping({ kind, points }: DrawnShape): boolean {
  const [first, ...rest] = points;
  return kind === "text" || rest.some((point) => distance(first, point) >= LEAST_SIZE);
}

/** One that is too long keeps every second of its points, its end among them. */
function thinned(points: readonly DrawnPoint[]): readonly DrawnPoint[] {
  return points.length <= MOST_POINTS ? points : points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}

function distance(one: DrawnPoint, other: DrawnPoint): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function rounded({ x, y }: DrawnPoint): DrawnPoint {
  return { x: Math.round(x * 1e4) / 1e4, y: Math.round(y * 1e4) / 1e4 };
}
