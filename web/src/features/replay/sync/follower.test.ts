import { describe, expect, it } from "vitest";

import { BACK_IN_STEP_MS, IN_STEP_MS, MAX_BEND, SEEK_PAUSE_MS, TOO_FAR_MS, follow, type FollowInput } from "./follower";

const MASTER_MS = 1_000_000;

function order(changes: Partial<FollowInput>) {
  return follow({
    masterMs: MASTER_MS,
    rate: 1,
    running: true,
    ownMs: MASTER_MS,
    covered: true,
    resumesAtMs: null,
    seeking: false,
    sinceSeekMs: Infinity,
    seekCostMs: 200,
    bent: false,
    ...changes,
  });
}

describe("a running player", () => {
  it.each([0, IN_STEP_MS, -IN_STEP_MS])("is left alone %d ms off", (offMs) => {
    expect(order({ ownMs: MASTER_MS + offMs })).toEqual({ play: true, playbackRate: 1, seekToMs: null });
  });

  it("slows down when ahead and speeds up when behind, never more than the largest bend", () => {
    for (const offMs of [100, 300, 900]) {
      const ahead = order({ ownMs: MASTER_MS + offMs });
      const behind = order({ ownMs: MASTER_MS - offMs });
      expect(ahead.seekToMs ?? behind.seekToMs).toBeNull();
      expect(ahead.playbackRate).toBeLessThan(1);
      expect(ahead.playbackRate).toBeGreaterThanOrEqual(1 - MAX_BEND);
      expect(behind.playbackRate).toBeGreaterThan(1);
      expect(behind.playbackRate).toBeLessThanOrEqual(1 + MAX_BEND);
    }
  });

  it("keeps a bend until it is well in step, so that its speed does not change on every frame", () => {
    expect(order({ ownMs: MASTER_MS - IN_STEP_MS, bent: true }).playbackRate).toBeGreaterThan(1);
    expect(order({ ownMs: MASTER_MS - BACK_IN_STEP_MS - 1, bent: true }).playbackRate).toBeGreaterThan(1);
    expect(order({ ownMs: MASTER_MS - BACK_IN_STEP_MS, bent: true }).playbackRate).toBe(1);
  });

  it("seeks when it is too far, ahead by what the seek itself will cost", () => {
    expect(order({ ownMs: MASTER_MS - TOO_FAR_MS - 1 }).seekToMs).toBe(MASTER_MS + 200);
    expect(order({ ownMs: MASTER_MS + TOO_FAR_MS + 1, rate: 2, seekCostMs: 100 }).seekToMs).toBeNull();
    expect(order({ ownMs: MASTER_MS + 2 * TOO_FAR_MS + 1, rate: 2, seekCostMs: 100 }).seekToMs).toBe(MASTER_MS + 200);
  });

  it("does not seek again while a seek is under way or just over", () => {
    const far = { ownMs: MASTER_MS - 10_000 };
    expect(order({ ...far, seeking: true }).seekToMs).toBeNull();
    expect(order({ ...far, sinceSeekMs: SEEK_PAUSE_MS - 1 }).seekToMs).toBeNull();
    expect(order({ ...far, sinceSeekMs: SEEK_PAUSE_MS }).seekToMs).not.toBeNull();
  });

  it("seeks when it cannot say where it is", () => {
    expect(order({ ownMs: null }).seekToMs).toBe(MASTER_MS);
  });

  it("comes into step with a clock whose speed differs a little, without a seek", () => {
    // Ten minutes at 30 control steps a second; the player's own clock runs 0.3 % slow and starts 700 ms behind.
    let masterMs = MASTER_MS;
    let ownMs = MASTER_MS - 700;
    let worstAfterSettling = 0;
    for (let step = 0; step < 600 * 30; step += 1) {
      const given = order({ masterMs, ownMs });
      expect(given.seekToMs).toBeNull();
      masterMs += 1000 / 30;
      ownMs += (1000 / 30) * given.playbackRate * 0.997;
      if (step > 30 * 30) worstAfterSettling = Math.max(worstAfterSettling, Math.abs(ownMs - masterMs));
    }
    expect(worstAfterSettling).toBeLessThan(80);
  });
});

describe("a standing clock", () => {
  it("pauses a player that shows the right frame", () => {
    expect(order({ running: false, ownMs: MASTER_MS + 10 })).toEqual({ play: false, playbackRate: 1, seekToMs: null });
  });

  it("fetches the exact frame otherwise, one seek at a time", () => {
    expect(order({ running: false, ownMs: MASTER_MS + 100, sinceSeekMs: 0 }).seekToMs).toBe(MASTER_MS);
    expect(order({ running: false, ownMs: MASTER_MS + 100, seeking: true }).seekToMs).toBeNull();
  });
});

describe("a hole in the footage", () => {
  const hole = { covered: false, resumesAtMs: MASTER_MS + 20_000 };

  it("pauses the player and places it where its footage goes on", () => {
    expect(order({ ...hole, ownMs: MASTER_MS })).toEqual({
      play: false,
      playbackRate: 1,
      seekToMs: MASTER_MS + 20_000,
    });
  });

  it("leaves it there", () => {
    expect(order({ ...hole, ownMs: MASTER_MS + 20_000 }).seekToMs).toBeNull();
  });

  it("only pauses it when nothing follows", () => {
    expect(order({ covered: false, ownMs: MASTER_MS - 50 })).toEqual({ play: false, playbackRate: 1, seekToMs: null });
  });
});
