/** What came of an inspection, as a page shows it: kept up to date, and answered from here. */
import { readonly, shallowRef, type InjectionKey, type ShallowRef } from "vue";

import { isAbort, toApiError } from "@/api/client";
import { newEvidenceId } from "@/api/evidence";
import { createLatest } from "@/components/latest";

import type { InspectionRecord, NewAnswer, Outcome, OutcomeApi } from "./outcome-api";

export interface OutcomeDesk<Api extends OutcomeApi = OutcomeApi> {
  api: Api;
  outcome: Readonly<ShallowRef<Outcome | null>>;
  /** The code of what went wrong when it was asked for last, empty while all is well. */
  problem: Readonly<ShallowRef<string>>;
  reload: () => Promise<void>;
  /** Signs or refuses what was read; throws what went wrong. A repeated try is the same answer again. */
  answer: (record: InspectionRecord, said: Saying, signature: Blob | null) => Promise<void>;
}

export type Saying = Pick<NewAnswer, "side" | "kind"> & Partial<Pick<NewAnswer, "signer_name" | "reason" | "objection">>;

export const OUTCOME_DESK: InjectionKey<OutcomeDesk> = Symbol("outcome desk");

export function createOutcomeDesk<Api extends OutcomeApi>(api: Api, device = ""): OutcomeDesk<Api> {
  const outcome = shallowRef<Outcome | null>(null);
  const problem = shallowRef("");
  const ids = new Map<string, string>();
  const newest = createLatest<Outcome>((found) => {
    outcome.value = found;
    problem.value = "";
  });

  async function reload(): Promise<void> {
    try {
      await newest(api.show());
    } catch (error) {
      if (!isAbort(error)) problem.value = toApiError(error).code;
    }
  }

  async function answer(record: InspectionRecord, said: Saying, signature: Blob | null): Promise<void> {
    const key = [record.id, said.side, said.kind, said.signer_name, said.reason, said.objection, signature?.size].join("\n");
    const id = ids.get(key) ?? newEvidenceId();
    ids.set(key, id);
    const whole = { signer_name: "", reason: "", objection: "", device, record_sha256: record.sha256, ...said };
    await api.answer(record.id, id, whole, signature);
    await reload();
  }

  return { api, outcome: readonly(outcome) as Readonly<ShallowRef<Outcome | null>>, problem: readonly(problem), reload, answer };
}

export function answerOf(record: InspectionRecord, side: "enterprise" | "office"): InspectionRecord["answers"][number] | null {
  return record.answers.find((one) => one.side === side) ?? null;
}

/** Lets the browser save or show a file that was fetched. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken it over by then; at once would be too early on iOS.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
