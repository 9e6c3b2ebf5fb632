/**
 * How shapes are drawn: in the same proportions as the server draws them into a still (media/darkroom/printing.py), so
 * that what people saw is what is kept.
 */
import type { DrawnOnPicture, DrawnPoint, Ink } from "@/rtc/messages";

import { onScreen, turned, type Rect } from "./geometry";

/** Of each ink the line, and the rim of opposite lightness that keeps it visible on a ground of its own colour. */
export const INKS: Readonly<Record<Ink, { line: string; rim: string }>> = {
  red: { line: "#e61e28", rim: "#ffffff" },
  yellow: { line: "#ffd60a", rim: "#101826" },
  blue: { line: "#145ae6", rim: "#ffffff" },
  white: { line: "#ffffff", rim: "#101826" },
};

export interface Stroke {
  id: string;
  line: string;
  rim: string;
  width: number;
  /** As SVG draws it; empty for words. */
  path: string;
  words: { text: string; x: number; y: number; size: number } | null;
}

/** A shape over a picture that is shown in `picture` and is `aspect` wide by its height now. */
export function strokeOf({ shape, aspect: drawnAt }: DrawnOnPicture, picture: Rect, aspect: number): Stroke {
  const points = shape.points.map((place) => onScreen(turned(place, drawnAt, aspect), picture));
  const side = Math.min(Math.abs(picture.width), picture.height);
  const width = Math.max(3, Math.round(side / 180));
  const [first, last] = [points[0] ?? { x: 0, y: 0 }, points.at(-1) ?? { x: 0, y: 0 }];
  const drawn = { id: shape.id, ...INKS[shape.ink ?? "red"], width, path: "", words: null };
  switch (shape.kind) {
    case "text":
      return { ...drawn, words: { text: shape.text ?? "", ...first, size: Math.max(14, Math.round(side / 24)) } };
    case "circle":
      return { ...drawn, path: ellipse(first, last) };
    case "arrow":
      return { ...drawn, path: polyline([first, last]) + polyline(arrowHead(first, last, width * 7)) };
    case "line":
      return { ...drawn, path: polyline(points) };
  }
}

function polyline(points: readonly DrawnPoint[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}

/** Within the rectangle that has both as corners. */
function ellipse(one: DrawnPoint, other: DrawnPoint): string {
  const [rx, ry] = [Math.abs(other.x - one.x) / 2, Math.abs(other.y - one.y) / 2];
  const [left, right, y] = [Math.min(one.x, other.x), Math.max(one.x, other.x), (one.y + other.y) / 2];
  const half = (x: number): string => `A${round(rx)} ${round(ry)} 0 0 1 ${round(x)} ${round(y)}`;
  return `M${round(left)} ${round(y)}${half(right)}${half(left)}Z`;
}

function arrowHead(tail: DrawnPoint, tip: DrawnPoint, length: number): DrawnPoint[] {
  const angle = Math.atan2(tip.y - tail.y, tip.x - tail.x);
  const wing = (turn: number): DrawnPoint => ({
    x: tip.x - length * Math.cos(angle + turn),
    y: tip.y - length * Math.sin(angle + turn),
  });
  return [wing(0.5), tip, wing(-0.5)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
