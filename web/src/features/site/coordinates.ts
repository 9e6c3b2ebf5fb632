/** Coordinates as people paste them, and distances as they read them. Pure. */

export interface Coordinates {
  latitude: number;
  longitude: number;
}

/** Seven digits are a centimetre. */
const DIGITS = 7;

/**
 * "38.2412, 104.6395": degrees north, degrees east, apart by a comma, a blank or both. Some maps copy the longitude
 * first; where only that order makes sense it is taken so. Null for what is no place.
 */
export function parseCoordinates(text: string): Coordinates | null {
  const numbers = text.trim().replace(/[°º]/g, "").split(/[\s,，;；]+/).filter(Boolean);
  if (numbers.length !== 2 || !numbers.every((each) => /^[+-]?\d+(\.\d+)?$/.test(each))) return null;
  const [first, second] = numbers.map(Number) as [number, number];
  if (Math.abs(first) <= 90 && Math.abs(second) <= 180) return { latitude: first, longitude: second };
  if (Math.abs(first) <= 180 && Math.abs(second) <= 90) return { latitude: second, longitude: first };
  return null;
}

/** As `parseCoordinates` reads it. */
export function writeCoordinates({ latitude, longitude }: Coordinates): string {
  return `${Number(latitude.toFixed(DIGITS))}, ${Number(longitude.toFixed(DIGITS))}`;
}

/** "86 m", "1.4 km", "320 km": no finer than anybody needs. */
export function writeDistance(metres: number): string {
  if (metres < 1000) return `${Math.round(metres)} m`;
  const kilometres = metres / 1000;
  return `${kilometres < 10 ? kilometres.toFixed(1) : Math.round(kilometres)} km`;
}
