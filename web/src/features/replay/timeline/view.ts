/**
 * The window of time that the timeline draws, and where in its width a moment lies.
 *
 * Pure. Widths are CSS pixels, times epoch milliseconds. The window is all of the record, or a part of it when zoomed.
 */
import type { WallMs } from "../time/zone";
import type { Extent } from "./model";

/** Zoomed in no further than this: a few frames per pixel say nothing more. */
export const MIN_WINDOW_MS = 10_000;
const ZOOM_STEP = 2;

/** The x of `atMs` in a window of `widthPx`; may lie outside. */
export function xOf(window: Extent, widthPx: number, atMs: WallMs): number {
  const length = Math.max(1, window.endMs - window.startMs);
  return ((atMs - window.startMs) / length) * widthPx;
}

/** The moment at `xPx`, brought into the window. */
export function timeAt(window: Extent, widthPx: number, xPx: number): WallMs {
  if (widthPx <= 0) return window.startMs;
  const share = Math.min(1, Math.max(0, xPx / widthPx));
  return window.startMs + share * (window.endMs - window.startMs);
}

/** Where a bar lies, in per cent of the window, cut at its edges; null when it is not in it. */
export function barOf(window: Extent, extent: Extent): { leftPct: number; widthPct: number } | null {
  const startMs = Math.max(window.startMs, extent.startMs);
  const endMs = Math.min(window.endMs, extent.endMs);
  if (endMs <= startMs) return null;
  const length = window.endMs - window.startMs;
  return { leftPct: ((startMs - window.startMs) / length) * 100, widthPct: ((endMs - startMs) / length) * 100 };
}

/** Brings a window into the record, its length kept where it fits. */
export function fitWindow(window: Extent, record: Extent): Extent {
  const length = Math.min(window.endMs - window.startMs, record.endMs - record.startMs);
  const startMs = Math.min(Math.max(window.startMs, record.startMs), record.endMs - length);
  return { startMs, endMs: startMs + length };
}

/** Zooms in (`+1`) or out (`-1`) around `aroundMs`, which keeps its place on the screen. */
export function zoom(window: Extent, record: Extent, aroundMs: WallMs, direction: 1 | -1): Extent {
  const length = window.endMs - window.startMs;
  const whole = record.endMs - record.startMs;
  const wanted = direction > 0 ? length / ZOOM_STEP : length * ZOOM_STEP;
  const newLength = Math.min(whole, Math.max(Math.min(MIN_WINDOW_MS, whole), wanted));
  const share = Math.min(1, Math.max(0, (aroundMs - window.startMs) / Math.max(1, length)));
  const startMs = aroundMs - share * newLength;
  return fitWindow({ startMs, endMs: startMs + newLength }, record);
}

/** Turns the page when the playhead leaves a zoomed window; the same object when it need not. */
export function keepInView(window: Extent, record: Extent, atMs: WallMs): Extent {
  if (window.startMs <= atMs && atMs <= window.endMs) return window;
  const length = window.endMs - window.startMs;
  const startMs = atMs - length * 0.1;
  return fitWindow({ startMs, endMs: startMs + length }, record);
}
