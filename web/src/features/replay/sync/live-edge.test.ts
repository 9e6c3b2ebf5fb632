import { describe, expect, it } from "vitest";

import { CATCH_UP_RATE, LIVE_DELAY_MS, MAX_LIVE_LAG_MS, OPEN_END_MS, liveRate, liveTarget, sharedEdge } from "./live-edge";

describe("the live edge", () => {
  it("is what all tracks that still run have", () => {
    expect(sharedEdge([100_000, 97_000], 105_000)).toBe(97_000 - OPEN_END_MS);
  });

  it("does not wait for a track that ended earlier", () => {
    expect(sharedEdge([100_000, 40_000], 105_000)).toBe(100_000 - OPEN_END_MS);
  });

  it("waits for a track that lags only as long as the promise allows", () => {
    expect(sharedEdge([100_000, 94_000], 104_000)).toBe(94_000 - OPEN_END_MS);
    expect(sharedEdge([100_000, 94_000], 108_000)).toBe(97_000 - OPEN_END_MS);
    expect(sharedEdge([100_000, 94_000], 120_000)).toBe(100_000 - OPEN_END_MS);
  });

  it("is nowhere without tracks", () => {
    expect(sharedEdge([], 0)).toBeNull();
  });

  it("is joined a steady distance from now, and never beyond what is there", () => {
    expect(liveTarget(98_000, 100_000)).toBe(100_000 - LIVE_DELAY_MS);
    expect(liveTarget(60_000, 100_000)).toBeLessThan(60_000);
  });

  it("stays within the promise while footage arrives in steps", () => {
    // Segments of 6 s, uploaded in 0.5 s, the playlist read every 4 s: the slowest that the recorder makes.
    let positionMs = 0;
    let worstMs = 0;
    for (let nowMs = 20_000; nowMs < 320_000; nowMs += 100) {
      const readAtMs = Math.floor(nowMs / 4_000) * 4_000;
      const edgeMs = Math.floor((readAtMs - 500) / 6_000) * 6_000;
      if (nowMs === 20_000) positionMs = liveTarget(edgeMs, nowMs);
      else positionMs = Math.min(edgeMs, positionMs + 100 * liveRate(positionMs, edgeMs, nowMs));
      worstMs = Math.max(worstMs, nowMs - positionMs);
    }
    expect(worstMs).toBeLessThanOrEqual(MAX_LIVE_LAG_MS);
  });

  it("catches up only when far behind and with footage ahead", () => {
    expect(liveRate(89_000, 98_000, 100_000)).toBe(CATCH_UP_RATE);
    expect(liveRate(89_000, 89_200, 100_000)).toBe(1);
    expect(liveRate(91_000, 98_000, 100_000)).toBe(1);
  });
});
