/** Lengths of time for people, in the words of their language. Pure. */

export interface DurationParts {
  hours: number;
  minutes: number;
  seconds: number;
}

/** Splits milliseconds for display; below ten seconds one decimal is kept, for short gaps. */
export function durationParts(lengthMs: number): DurationParts {
  const fine = lengthMs < 10_000;
  const total = fine ? Math.round(lengthMs / 100) / 10 : Math.round(lengthMs / 1000);
  return {
    hours: Math.floor(total / 3600),
    minutes: Math.floor((total % 3600) / 60),
    seconds: fine ? total : total % 60,
  };
}
