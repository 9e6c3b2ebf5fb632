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

/** A moment to the second, in a named zone: as it stands on papers that people compare with each other. */
export function formatMoment(iso: string, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", timeZone }).format(new Date(iso));
}

/** A day as ISO 8601 date, which is the same day everywhere. */
export function formatDay(day: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}
