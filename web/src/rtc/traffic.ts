/** How much goes through a connection: people on mobile data want to know. Pure. */

type Statistics = Iterable<[string, Record<string, unknown>]>;

/** Bytes in both directions so far, by the transport, or where a browser does not tell that by its candidate pairs. */
export function trafficOf(statistics: Statistics): number {
  const sums = new Map<string, number>();
  for (const [, entry] of statistics) {
    const type = String(entry["type"]);
    const bytes = numberOf(entry["bytesSent"]) + numberOf(entry["bytesReceived"]);
    sums.set(type, (sums.get(type) ?? 0) + bytes);
  }
  return sums.get("transport") || (sums.get("candidate-pair") ?? 0);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
