/** Where places of a picture are on the screen, and the other way round. Pure; places are fractions of the picture. */
import type { DrawnPoint } from "@/rtc/messages";

export interface Size {
  width: number;
  height: number;
}

/** In CSS pixels, from the corner of the box that the picture is shown in. A mirrored one has a negative width. */
export interface Rect extends Size {
  left: number;
  top: number;
}

/** Two pictures whose shapes differ by less are the same one in another size. */
const SAME_ASPECT = 0.02;

/** What `object-fit: contain` leaves of a box for a picture of this width by height. */
export function contained(box: Size, aspect: number): Rect {
  const width = Math.min(box.width, box.height * aspect);
  const height = width / aspect;
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height };
}

/** The place under a point of the box; null outside of the picture. */
export function placeAt(x: number, y: number, picture: Rect): DrawnPoint | null {
  if (picture.width <= 0 || picture.height <= 0) return null;
  const place = { x: (x - picture.left) / picture.width, y: (y - picture.top) / picture.height };
  return inside(place) ? place : null;
}

/** The place under a point of the box, or the nearest one of the picture. */
export function nearestPlace(x: number, y: number, picture: Rect): DrawnPoint {
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  return {
    x: within((x - picture.left) / (picture.width || 1)),
    y: within((y - picture.top) / (picture.height || 1)),
  };
}

export function onScreen(place: DrawnPoint, picture: Rect): { x: number; y: number } {
  return { x: picture.left + place.x * picture.width, y: picture.top + place.y * picture.height };
}

/**
 * Where a thing is after the phone was turned from upright to across, or back: its lens still points at the same middle,
 * and shows as much of the world on its shorter and longer side as before. May be out of the picture now.
 */
export function turned(place: DrawnPoint, from: number, to: number): DrawnPoint {
  if (Math.abs(from - to) < SAME_ASPECT * from) return place;
  const wider = Math.sqrt(from / to);
  return { x: 0.5 + (place.x - 0.5) * wider, y: 0.5 + (place.y - 0.5) / wider };
}

function inside({ x, y }: DrawnPoint): boolean {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}
