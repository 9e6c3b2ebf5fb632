/** How far the recording that is durably stored is behind the present. Pure. */
import type { CallView } from "@/rtc/call-view";

/** Segments are about 4 s long and 6 s at most, plus the way to the store. */
const LATE_AFTER_MS = 20_000;

export interface SafeAge {
  ageMs: number;
  late: boolean;
}

/** Null while nothing is recorded, or nothing is stored yet. Args: wallNowMs — the device's wall clock. */
export function safeAgeOf({ footage, clockOffsetMs }: CallView, wallNowMs: number): SafeAge | null {
  if (footage === null || !footage.recording || footage.safe_until === null) return null;
  const ageMs = Math.max(0, wallNowMs + clockOffsetMs - Date.parse(footage.safe_until));
  return { ageMs, late: ageMs > LATE_AFTER_MS };
}
