/**
 * Photos point by point: what is to be shown, what was passed over, and the server's clock, all of it remembered on this
 * phone, so that it goes on without a network.
 */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

import { toApiError, type ApiClient, type Schema } from "@/api/client";
import { newEvidenceId } from "@/api/evidence";
import { BackOff } from "@/rtc/back-off";

type Part = Schema<"RoutePart">;
type NewSkip = Schema<"NewSkip">;

export interface Skip {
  id: string;
  said: NewSkip;
  /** The server knows it. */
  told: boolean;
}

export interface Round {
  participantId: string;
  /** Added to the device's clock gives the server's. */
  clockOffsetMs: number;
  parts: readonly Part[];
  skips: readonly Skip[];
}

export interface RoundKeeper {
  round: Readonly<ShallowRef<Round | null>>;
  /** Code of why it could not be loaded, while nothing is remembered either. */
  failure: Readonly<ShallowRef<string | null>>;
  load: () => Promise<void>;
  skip: (partId: string, itemId: string, reason: string) => void;
}

/** `token` names the seat in the browser's storage; only its end, for others may look at that. */
export function useRound(client: ApiClient, token: string): RoundKeeper {
  const key = `inspect-round-${token.slice(-12)}`;
  const round = shallowRef<Round | null>(remembered(key));
  const failure = shallowRef<string | null>(null);
  const backOff = new BackOff();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function keep(next: Round): void {
    round.value = next;
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Storage is forbidden in some private windows: then it holds until the page is closed.
    }
  }

  function later(): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void load(), backOff.nextMs());
  }

  async function load(): Promise<void> {
    try {
      const begun = await client.put<Schema<"PhotoRound">>("/api/visit/photo-round", {});
      const route = await client.get<Schema<"Route">>("/api/visit/checklist");
      const untold = (round.value?.skips ?? []).filter(({ told }) => !told);
      const told = begun.skips.map(({ id, ...said }) => ({ id, said, told: true }));
      keep({
        participantId: begun.participant_id,
        clockOffsetMs: Date.parse(begun.server_time) - Date.now(),
        parts: route.parts,
        skips: [...told, ...untold.filter(({ id }) => !told.some((one) => one.id === id))],
      });
      failure.value = null;
      await tell();
      backOff.reset();
    } catch (error) {
      const { code } = toApiError(error);
      failure.value = code;
      if (code !== "inspection_ended" && code !== "not_allowed") later();
    }
  }

  async function tell(): Promise<void> {
    for (const { id, said, told } of round.value?.skips ?? []) {
      if (told || round.value === null) continue;
      await client.put(`/api/visit/skips/${encodeURIComponent(id)}`, said);
      keep({ ...round.value, skips: round.value.skips.map((one) => (one.id === id ? { ...one, told: true } : one)) });
    }
  }

  const hurry = (): void => void load();
  window.addEventListener("online", hurry);
  onScopeDispose(() => {
    closed = true;
    clearTimeout(timer);
    window.removeEventListener("online", hurry);
  });

  return {
    round,
    failure,
    load,
    skip(partId, itemId, reason) {
      if (round.value === null) return;
      const skippedAt = new Date(Date.now() + round.value.clockOffsetMs).toISOString();
      const said = { part_id: partId, checklist_item_id: itemId, reason, skipped_at: skippedAt };
      keep({ ...round.value, skips: [...round.value.skips, { id: newEvidenceId(), said, told: false }] });
      tell().catch(later);
    },
  };
}

function remembered(key: string): Round | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Round | null;
  } catch {
    return null;
  }
}
