import { afterEach, expect, test, vi } from "vitest";
import { effectScope } from "vue";

import type { ApiClient } from "@/api/client";
import { aboutEvidence, type Evidence } from "@/api/evidence";

import { createEvidenceDesk, entriesOf, joined, unsentOf } from "./evidence-desk";
import type { Letter } from "./outbox";

const AT = Date.UTC(2026, 10, 21, 7);

function kept(id: string, second: number, withdrawn = false): Evidence {
  const at = new Date(AT + second * 1000).toISOString();
  return { ...aboutEvidence("still", AT + second * 1000), id, withdrawn_at: withdrawn ? at : null } as unknown as Evidence;
}

function coming(id: string, second: number): Letter {
  const about = aboutEvidence("still", AT + second * 1000);
  return { outgoing: { id, about, file: null, requestId: null }, state: { name: "sending", fraction: 0.5 } };
}

test("what is kept and what is on its way stand in order of time", () => {
  const entries = entriesOf([kept("a", 1), kept("c", 3)], [coming("b", 2)], new Map([["b", "data:small"]]));
  expect(entries.map(({ id, thumbnail }) => [id, thumbnail])).toEqual([["a", null], ["b", "data:small"], ["c", null]]);
});

test("what has just arrived is not shown a second time as coming", () => {
  expect(entriesOf([kept("a", 1)], [coming("a", 1)], new Map())).toHaveLength(1);
});

test("what was withdrawn is out of sight", () => {
  expect(entriesOf([kept("a", 1, true)], [], new Map())).toEqual([]);
});

test("a newer state takes the place of the older one", () => {
  const filed = { ...kept("a", 1), checklist_item_id: "item" };
  expect(joined([kept("a", 1), kept("b", 0)], [filed])).toEqual([kept("b", 0), filed]);
});

test("what is delayed is still coming, what was refused is not, and what is there is neither", () => {
  const { outgoing } = coming("a", 1);
  const letters: Letter[] = [
    { outgoing, state: { name: "delayed", code: "network_unreachable" } },
    { outgoing, state: { name: "waiting" } },
    { outgoing, state: { name: "refused", code: "record_signed", params: {} } },
    { outgoing, state: { name: "sent", evidence: kept("a", 1) } },
  ];
  expect(unsentOf(letters)).toEqual({ coming: 2, refused: 1 });
});

afterEach(() => vi.unstubAllGlobals());

test("a still that the browser cannot make a file of is not said to be taken", async () => {
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("HTMLVideoElement", EventTarget);
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null, toDataURL: () => "data:small" }) });
  const scope = effectScope();
  const options = { inspectionId: "i", userId: "u", clockOffsetMs: () => 0, deviceOf: () => "" };
  const desk = scope.run(() => createEvidenceDesk({ client: {} as ApiClient, ...options }));
  const picture = { width: 1, height: 1, toBlob: (tell: (blob: Blob | null) => void) => tell(null) };
  const video = { picture: picture as unknown as HTMLCanvasElement, takenAtMs: AT };
  expect(await desk?.takeStill({ participantId: "p", source: "camera", video })).toBeNull();
  expect(desk?.entries.value).toEqual([]);
  scope.stop();
});
