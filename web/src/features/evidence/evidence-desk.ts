/**
 * The laptop's evidence of one inspection: what the server has, what is on its way there, and what can be done with it.
 *
 * A still is in the list the moment that it is taken, and kept in the browser until the server has it: a page that is
 * opened again goes on where the one before it was. `place` is the point of the checklist that is being checked:
 * stills are filed there unless told otherwise. Lives with the component that makes it; others find it by
 * `useEvidenceDesk`.
 */
import { computed, inject, onScopeDispose, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from "vue";

import { aboutEvidence, createOfficeEvidenceApi, newEvidenceId, type Evidence, type NewEvidence } from "@/api/evidence";
import { isAbort, type ApiClient, type Schema } from "@/api/client";
import { createLatest } from "@/components/latest";
import { browserClock } from "@/rtc/clock";
import { CAMERA } from "@/rtc/pictures";

import { grabFrame, jpegOf, thumbnailOf, type Frame } from "./frame";
import { createLastingStore } from "./lasting-store";
import { isOnItsWay, Outbox, type Letter, type Outgoing } from "./outbox";

export type Drawing = NonNullable<NewEvidence["drawing"]>;

/** A point of a part's checklist; both null: not filed under any. */
export interface Place {
  partId: string | null;
  itemId: string | null;
}

export interface StillWish {
  /** Whose picture it is, and of which of their cameras. */
  participantId: string;
  source: string;
  /** The live picture, or one that was frozen before (`grabFrame`). */
  video: HTMLVideoElement | Frame;
  drawing?: Drawing;
  partId?: string | null;
  itemId?: string | null;
  note?: string;
}

/** One piece of evidence as pages show it. `kept` is null while it is on its way. */
export interface EvidenceEntry {
  id: string;
  about: NewEvidence;
  kept: Evidence | null;
  state: Letter["state"] | { name: "kept" };
  /** Of what is on its way; null where the server has a thumbnail, or where there is none. */
  thumbnail: string | null;
}

export interface Unsent {
  coming: number;
  refused: number;
}

export interface EvidenceDesk {
  /** In order of time, without what was withdrawn. */
  entries: ComputedRef<readonly EvidenceEntry[]>;
  /** Everything that the server has, withdrawn things too; null before the first answer. */
  all: Readonly<ShallowRef<readonly Evidence[] | null>>;
  /** Names of who took what, by the evidence's `author`. */
  authors: Readonly<ShallowRef<Readonly<Record<string, string>>>>;
  failure: Readonly<ShallowRef<unknown>>;
  /** How many are on their way, and how many the server refused. */
  unsent: ComputedRef<Unsent>;
  place: Ref<Place>;
  reload: () => Promise<void>;
  /** Takes what is in sight; its id, or null where there is no picture or the browser cannot make a file of it. */
  takeStill: (wish: StillWish) => Promise<string | null>;
  markMoment: (about: { participantId: string | null; note: string; place?: Place }) => string;
  retry: (id: string) => void;
  giveUp: (id: string) => Promise<void>;
  withdraw: (id: string) => Promise<void>;
  fileUnder: (id: string, place: Place) => Promise<void>;
}

export interface EvidenceDeskOptions {
  client: ApiClient;
  inspectionId: string;
  /** Who takes the stills: nobody else sends what they left in this browser. */
  userId: string;
  /** Added to the device's clock gives the server's. */
  clockOffsetMs: () => number;
  /** What is known of the device whose picture it is; may be empty. */
  deviceOf: (participantId: string) => string;
}

export const EVIDENCE_DESK: InjectionKey<EvidenceDesk> = Symbol("evidence-desk");

export function useEvidenceDesk(): EvidenceDesk {
  const desk = inject(EVIDENCE_DESK);
  if (!desk) throw new Error("No evidence desk is provided here");
  return desk;
}

export function createEvidenceDesk(options: EvidenceDeskOptions): EvidenceDesk {
  const api = createOfficeEvidenceApi(options.client, options.inspectionId);
  const all = shallowRef<readonly Evidence[] | null>(null);
  const authors = shallowRef<Readonly<Record<string, string>>>({});
  const failure = shallowRef<unknown>(null);
  const place = ref<Place>({ partId: null, itemId: null });
  const letters = shallowRef<readonly Letter[]>([]);
  const thumbnails = new Map<string, string>();
  const store = createLastingStore(`${options.userId} ${options.inspectionId}`);
  const outbox = new Outbox({ store, send: api.send, clock: browserClock });
  const gone = new AbortController();
  const hurry = (): void => outbox.hurry();

  outbox.letters.subscribe((next) => {
    for (const { outgoing } of next) {
      if (outgoing.file !== null && !thumbnails.has(outgoing.id)) thumbnails.set(outgoing.id, URL.createObjectURL(outgoing.file));
    }
    letters.value = next;
    const sent = next.flatMap(({ state }) => (state.name === "sent" ? [state.evidence] : []));
    if (sent.length > 0) all.value = joined(all.value ?? [], sent);
    for (const { id } of sent) void outbox.remove(id);
  });
  window.addEventListener("online", hurry);
  onScopeDispose(() => {
    window.removeEventListener("online", hurry);
    gone.abort();
    outbox.close();
    for (const address of thumbnails.values()) if (address.startsWith("blob:")) URL.revokeObjectURL(address);
  });
  // A browser that keeps nothing has nothing to go on with.
  void outbox.open().catch(() => undefined);

  const newest = createLatest<Schema<"EvidenceList">>((found) => {
    all.value = found.items;
    authors.value = found.authors;
    failure.value = null;
  });
  async function reload(): Promise<void> {
    try {
      await newest(api.list({ signal: gone.signal }));
    } catch (error) {
      if (!isAbort(error)) failure.value = error;
    }
  }

  function placed(partId: string | null | undefined, itemId: string | null | undefined) {
    const chosen = partId === undefined && itemId === undefined ? place.value : { partId, itemId };
    return { part_id: chosen.partId ?? null, checklist_item_id: chosen.itemId ?? null };
  }

  /** A browser that keeps nothing still sends. */
  function keep(outgoing: Outgoing): void {
    void outbox.add(outgoing).catch(() => undefined);
  }

  async function takeStill(wish: StillWish): Promise<string | null> {
    const frame = wish.video instanceof HTMLVideoElement ? grabFrame(wish.video, options.clockOffsetMs()) : wish.video;
    if (frame === null) return null;
    const id = newEvidenceId();
    const device = [options.deviceOf(wish.participantId), wish.source === CAMERA ? "" : wish.source];
    const about = aboutEvidence("still", frame.takenAtMs, {
      ...placed(wish.partId, wish.itemId),
      participant_id: wish.participantId,
      note: wish.note ?? "",
      device: device.filter(Boolean).join(" · "),
      drawing: wish.drawing ?? [],
    });
    const thumbnail = thumbnailOf(frame.picture);
    const file = await jpegOf(frame.picture).catch(() => null);
    if (file === null) return null;
    thumbnails.set(id, thumbnail);
    keep({ id, about, file, requestId: null });
    return id;
  }

  return {
    entries: computed(() => entriesOf(all.value ?? [], letters.value, thumbnails)),
    all,
    authors,
    failure,
    unsent: computed(() => unsentOf(letters.value)),
    place,
    reload,
    takeStill,
    markMoment({ participantId, note, place: at }) {
      const id = newEvidenceId();
      const about = aboutEvidence("moment", Date.now() + options.clockOffsetMs(), {
        ...placed(at?.partId, at?.itemId),
        participant_id: participantId,
        note,
      });
      keep({ id, about, file: null, requestId: null });
      return id;
    },
    retry: (id) => outbox.retry(id),
    giveUp: (id) => outbox.remove(id),
    async withdraw(id) {
      await api.withdraw(id);
      await reload();
    },
    async fileUnder(id, { partId, itemId }) {
      const filed = await options.client.put<Evidence>(`/api/evidence/${encodeURIComponent(id)}/place`, {
        part_id: partId,
        checklist_item_id: itemId,
      });
      all.value = joined(all.value ?? [], [filed]);
    },
  };
}

export function unsentOf(letters: readonly Letter[]): Unsent {
  return {
    coming: letters.filter(isOnItsWay).length,
    refused: letters.filter(({ state }) => state.name === "refused").length,
  };
}

/** `newer` take the place of those with the same id. */
export function joined(before: readonly Evidence[], newer: readonly Evidence[]): readonly Evidence[] {
  const byId = new Map([...before, ...newer].map((each) => [each.id, each]));
  return [...byId.values()].sort((a, b) => Date.parse(a.taken_at) - Date.parse(b.taken_at));
}

/** What is kept and what is on its way, in order of time; nothing twice. */
export function entriesOf(
  all: readonly Evidence[],
  letters: readonly Letter[],
  thumbnails: ReadonlyMap<string, string>,
): EvidenceEntry[] {
  const known = new Set(all.map(({ id }) => id));
  const kept = all.filter(({ withdrawn_at }) => withdrawn_at === null).map(keptEntry);
  const coming = letters
    .filter(({ outgoing }) => !known.has(outgoing.id))
    .map(({ outgoing: { id, about }, state }) => ({ id, about, kept: null, state, thumbnail: thumbnails.get(id) ?? null }));
  return [...kept, ...coming].sort((a, b) => Date.parse(a.about.taken_at) - Date.parse(b.about.taken_at));
}

export function keptEntry(evidence: Evidence): EvidenceEntry {
  const { id, kind, part_id, checklist_item_id, participant_id, note, doorplate, device, drawing } = evidence;
  const more = { part_id, checklist_item_id, participant_id, note, doorplate, device, drawing };
  const about = aboutEvidence(kind, Date.parse(evidence.taken_at), more);
  return { id, about, kept: evidence, state: { name: "kept" }, thumbnail: null };
}
