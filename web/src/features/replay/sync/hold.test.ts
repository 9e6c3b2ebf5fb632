import { beforeEach, describe, expect, it } from "vitest";

import { GIVE_UP_MS, GRACE_MS, HoldPolicy, TRUST_AFTER_MS } from "./hold";

const both = (a: boolean, b: boolean) => [
  { id: "phone", ready: a },
  { id: "laptop", ready: b },
];

describe("waiting for players that load", () => {
  let policy: HoldPolicy;

  beforeEach(() => {
    policy = new HoldPolicy();
    policy.update(both(true, true), 0);
  });

  it("lets a hiccup pass and holds after the grace", () => {
    expect(policy.update(both(false, true), 100)).toEqual({ hold: false, loading: ["phone"] });
    expect(policy.update(both(false, true), 100 + GRACE_MS)).toEqual({ hold: true, loading: ["phone"] });
    expect(policy.update(both(true, true), 1_000)).toEqual({ hold: false, loading: [] });
  });

  it("gives no grace right after a seek, until all were ready once", () => {
    policy.expectSeek();
    expect(policy.update(both(false, true), 100).hold).toBe(true);
    expect(policy.update(both(true, true), 300).hold).toBe(false);
    expect(policy.update(both(false, true), 400).hold).toBe(false);
  });

  it("lets the others go on after five seconds, and still says who is loading", () => {
    policy.update(both(false, true), 1_000);
    expect(policy.update(both(false, true), 1_000 + GIVE_UP_MS - 1).hold).toBe(true);
    expect(policy.update(both(false, true), 1_000 + GIVE_UP_MS)).toEqual({ hold: false, loading: ["phone"] });
    expect(policy.update(both(false, true), 60_000).hold).toBe(false);
  });

  it("still waits for another player when it gave one up", () => {
    policy.update(both(false, true), 1_000);
    policy.update(both(false, true), 1_000 + GIVE_UP_MS);
    policy.update(both(false, false), 10_000);
    expect(policy.update(both(false, false), 10_000 + GRACE_MS)).toEqual({ hold: true, loading: ["phone", "laptop"] });
  });

  it("trusts a given-up player again only after it was ready for a while", () => {
    policy.update(both(false, true), 0);
    policy.update(both(false, true), GIVE_UP_MS);
    policy.update(both(true, true), 6_000);
    policy.update(both(false, true), 6_500);
    expect(policy.update(both(false, true), 9_000).hold).toBe(false);
    policy.update(both(true, true), 10_000);
    policy.update(both(true, true), 10_000 + TRUST_AFTER_MS);
    policy.update(both(false, true), 13_000);
    expect(policy.update(both(false, true), 13_000 + GRACE_MS).hold).toBe(true);
  });

  it("adds up the waits for a player that is ready only for moments", () => {
    let heldMs = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
      const ready = nowMs % 2_000 < 500;
      if (policy.update(both(ready, true), nowMs).hold) heldMs += 100;
    }
    expect(heldMs).toBeGreaterThan(0);
    expect(heldMs).toBeLessThanOrEqual(GIVE_UP_MS);
  });

  it("forgets a player that is gone", () => {
    policy.update(both(false, true), 100);
    expect(policy.update([{ id: "laptop", ready: true }], 10_000)).toEqual({ hold: false, loading: [] });
  });
});
