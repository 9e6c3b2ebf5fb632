import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, ref, type EffectScope } from "vue";

import type { Timeline } from "./timeline/model";
import { useReplay, type Replay } from "./use-replay";

const NOW_MS = 130_000;
const EDGE_MS = 120_000;
const timeline = ref<Timeline>({ startMs: 100_000, endMs: EDGE_MS, lanes: [] });

let scope: EffectScope;
let frame: () => void;

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (step: () => void) => {
    frame = step;
    return 1;
  });
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
  vi.stubGlobal("document", { hidden: false });
  scope = effectScope();
});

afterEach(() => {
  scope.stop();
  vi.unstubAllGlobals();
});

function opened(live: boolean): Replay {
  return scope.run(() => useReplay(() => timeline.value, () => live, () => NOW_MS)) as Replay;
}

describe("going to a moment", () => {
  it("of a call that goes on waits there for footage that is still on its way", () => {
    const replay = opened(true);
    replay.seek(EDGE_MS + 3_000);
    frame();
    expect(replay.positionMs.value).toBe(EDGE_MS + 3_000);
    expect(replay.bounds.value.endMs).toBe(EDGE_MS + 3_000);
  });

  it("never leads into the future", () => {
    const replay = opened(true);
    replay.seek(NOW_MS + 60_000);
    frame();
    expect(replay.positionMs.value).toBe(NOW_MS);
  });

  it("of a call that is over ends with its footage", () => {
    const replay = opened(false);
    replay.seek(EDGE_MS + 3_000);
    frame();
    expect(replay.positionMs.value).toBe(EDGE_MS);
  });
});
