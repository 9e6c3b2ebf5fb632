/** Waiting times between attempts, as the signalling protocol names them: 0.5, 1, 2, 4, 5, 5 … seconds. */

const STEPS_MS = [500, 1000, 2000, 4000, 5000] as const;

export class BackOff {
  private failures = 0;

  /** How long to wait before the next attempt, in milliseconds. */
  nextMs(): number {
    const step = STEPS_MS[Math.min(this.failures, STEPS_MS.length - 1)] ?? 0;
    this.failures += 1;
    return step;
  }

  /** An attempt succeeded: the next failure starts from the beginning. */
  reset(): void {
    this.failures = 0;
  }
}
