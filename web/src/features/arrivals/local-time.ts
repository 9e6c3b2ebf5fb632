/** Between moments and what an input of type `datetime-local` holds: wall time of this device, without its zone. Pure. */

export function localTime(moment: Date): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** Null for what is no time. */
export function momentOf(text: string): Date | null {
  const moment = new Date(text);
  return text === "" || Number.isNaN(moment.getTime()) ? null : moment;
}
