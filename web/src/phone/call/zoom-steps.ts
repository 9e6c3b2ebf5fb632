/** How far one press on plus or minus zooms: the same ratio each time, as the eye sees it. Pure. */
import type { ZoomRange } from "@/rtc/messages";

const RATIO = 1.5;

export function nextZoom({ min, max, step, value }: ZoomRange, direction: "in" | "out"): number {
  const wanted = direction === "in" ? value * RATIO : value / RATIO;
  const fine = step > 0 ? step : 0.1;
  const stepped = Math.round(wanted / fine) * fine;
  // A coarse camera must move all the same.
  const moved = direction === "in" ? Math.max(stepped, value + fine) : Math.min(stepped, value - fine);
  return Math.min(max, Math.max(min, Number(moved.toFixed(3))));
}

/** With one decimal where there is one. */
export function factorText(value: number): string {
  return String(Math.round(value * 10) / 10);
}
