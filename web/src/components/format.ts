/** Dates and durations as people read them. Times come as ISO 8601 UTC and are shown in the reader's zone. */

export function formatDateTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** Parts for the texts `case.duration.*`: the two largest units are enough. */
export function durationParts(ms: number): { unit: "seconds" | "minutes" | "hours"; h: number; m: number; s: number } {
  const seconds = Math.round(ms / 1000);
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  return { unit: h > 0 ? "hours" : m > 0 ? "minutes" : "seconds", h, m, s: seconds % 60 };
}
