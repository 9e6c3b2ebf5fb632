/** A signature while it is drawn: strokes of one pointer at a time, and whether they are more than a slip. Pure. */

export interface Dot {
  x: number;
  y: number;
}

/** Shorter than this, in CSS pixels, is a slip and no signature. */
export const SHORTEST_PX = 40;

export class Signature {
  private stroke: { pointerId: number; last: Dot } | null = null;
  private lengthPx = 0;

  /** All strokes together are long enough. */
  get isSigned(): boolean {
    return this.lengthPx >= SHORTEST_PX;
  }

  /** Begins a stroke; a second finger or the ball of the hand begins none while one is drawn. */
  begin(pointerId: number, at: Dot): void {
    this.stroke ??= { pointerId, last: at };
  }

  /** Where the line to `at` begins; null: this pointer draws none. */
  to(pointerId: number, at: Dot): Dot | null {
    if (this.stroke?.pointerId !== pointerId) return null;
    const from = this.stroke.last;
    this.stroke.last = at;
    this.lengthPx += Math.hypot(at.x - from.x, at.y - from.y);
    return from;
  }

  /** The pointer was lifted or taken away by the system; what is drawn stays. */
  end(pointerId: number): void {
    if (this.stroke?.pointerId === pointerId) this.stroke = null;
  }

  /** Everything anew: a stroke under way ends as well, for its ink is gone. */
  clear(): void {
    this.stroke = null;
    this.lengthPx = 0;
  }
}
