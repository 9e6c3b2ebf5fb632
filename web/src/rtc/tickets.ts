/**
 * Tickets into the room, one of them in reserve, so that coming back begins without a request: after a change of network
 * the HTTP connections that the browser keeps open are dead, and a request on one of them hangs.
 *
 * Owns the reserve and its timer, which runs between `keepReserve` and `stop`.
 */

import { every, type Clock } from "./clock";

const REFILL_EVERY_MS = 20_000;
/** The page has better to do while it joins. */
const FIRST_REFILL_AFTER_MS = 2000;
/** The server takes tickets for a minute. */
const GOOD_FOR_MS = 45_000;

export interface TicketOptions {
  clock: Clock;
  /** Resolves to a one-time ticket; rejects with an error whose `code` says why (`network` or none: try again). */
  requestTicket(): Promise<string>;
}

export class Tickets {
  private reserve: { ticket: string; askedAtMs: number } | null = null;
  private stopRefills: (() => void) | null = null;

  constructor(private readonly options: TicketOptions) {}

  /** The one in reserve, if it is fresh, else a new one; rejects as `requestTicket` does. */
  async take(): Promise<string> {
    const { reserve } = this;
    this.reserve = null;
    const isFresh = reserve !== null && this.options.clock.now() - reserve.askedAtMs < GOOD_FOR_MS;
    return isFresh ? reserve.ticket : await this.options.requestTicket();
  }

  /** The network works: keeps a fresh ticket from now on. */
  keepReserve(): void {
    const { clock } = this.options;
    this.stop();
    const cancelFirst = clock.after(FIRST_REFILL_AFTER_MS, () => void this.refill());
    const stopEvery = every(clock, REFILL_EVERY_MS, () => void this.refill());
    this.stopRefills = () => {
      cancelFirst();
      stopEvery();
    };
  }

  stop(): void {
    this.stopRefills?.();
    this.stopRefills = null;
  }

  private async refill(): Promise<void> {
    const askedAtMs = this.options.clock.now();
    try {
      this.reserve = { ticket: await this.options.requestTicket(), askedAtMs };
    } catch {
      // Who needs a ticket asks again, and hears then why there is none.
    }
  }
}
