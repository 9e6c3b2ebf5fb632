/**
 * A plan to scale of where people were around a site, without a map: metres to the east and north of the site, fitted
 * into a square. Pure. On a few kilometres the earth is flat to a thousandth.
 */
import type { Coordinates } from "./coordinates";

/** Of one degree of latitude (IUGG mean radius). */
const METRES_PER_DEGREE = (6_371_008.8 * Math.PI) / 180;

/** Side of the drawing, in its own units. */
export const SIDE = 200;

/** So much of the side stays free around. */
const MARGIN = 12;

export interface PlanReport extends Coordinates {
  accuracy_m: number;
}

export interface Dot {
  x: number;
  y: number;
  /** Of the accuracy's circle. */
  r: number;
}

export interface Plan {
  site: Dot;
  /** In order of time. */
  dots: Dot[];
  /** Of the track, as SVG points. */
  track: string;
  /** A round length for the scale, and how long it is drawn. */
  scale: { metres: number; length: number };
}

/** Shows the whole radius and every report. Accuracies that are worse than the whole plan are drawn to its edge. */
export function planOf(site: Coordinates, radiusM: number, reports: readonly PlanReport[]): Plan {
  const shrink = Math.cos((site.latitude * Math.PI) / 180);
  const places = reports.map(({ latitude, longitude, accuracy_m }) => ({
    east: turn(longitude - site.longitude) * METRES_PER_DEGREE * shrink,
    north: (latitude - site.latitude) * METRES_PER_DEGREE,
    accuracy: accuracy_m,
  }));
  const reach = Math.max(radiusM, 1, ...places.flatMap(({ east, north }) => [Math.abs(east), Math.abs(north)]));
  const unit = (SIDE / 2 - MARGIN) / reach;
  const dots = places.map(({ east, north, accuracy }) => ({
    x: SIDE / 2 + east * unit,
    y: SIDE / 2 - north * unit,
    r: Math.min(accuracy * unit, SIDE),
  }));
  const metres = roundLength(reach / 2);
  return {
    site: { x: SIDE / 2, y: SIDE / 2, r: radiusM * unit },
    dots,
    track: dots.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "),
    scale: { metres, length: metres * unit },
  };
}

/** The nearest 1, 2 or 5 times a power of ten that is not longer. */
export function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return ([5, 2, 1].find((each) => each * power <= metres) ?? 1) * power;
}

/** Across the date line the short way. */
function turn(degrees: number): number {
  return ((degrees + 540) % 360) - 180;
}
