/**
 * The phone's photos of one seat: kept here, sent when the network allows, and what of them is on the server.
 *
 * Screens make one each over the same store, so that switching between call and photos goes on where it was.
 */
import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from "vue";

import { createApiClient, isAbort, type ApiClient } from "@/api/client";
import { aboutEvidence, createGuestEvidenceApi, newEvidenceId, type Evidence, type NewEvidence } from "@/api/evidence";
import { createLastingStore } from "@/features/evidence/lasting-store";
import { Outbox, type Letter } from "@/features/evidence/outbox";
import { browserClock } from "@/rtc/clock";
import { deviceName } from "@/rtc/device-name";

import { problemWith, type Sendable } from "./files";

export interface PhotoPlace {
  partId: string | null;
  itemId: string | null;
  /** What of the doorplate it shows, if that was asked for. */
  doorplate?: NewEvidence["doorplate"];
}
export const NO_PLACE: PhotoPlace = { partId: null, itemId: null };

export interface PhotoDesk {
  client: ApiClient;
  /** On their way, or refused; oldest first. */
  letters: Readonly<ShallowRef<readonly Letter[]>>;
  /** On the server: all that this seat may see of the call, without what was withdrawn. */
  there: Readonly<ShallowRef<readonly Evidence[]>>;
  /** Own photos, clips and files that are there. */
  sent: ComputedRef<readonly Evidence[]>;
  /** The browser keeps nothing: a reload would lose what is not sent. */
  forgetful: Readonly<Ref<boolean>>;
  /** Keeps and sends; a code says why not. */
  add: (file: Blob, kind: Sendable, place: PhotoPlace, requestId?: string | null) => Promise<string | null>;
  retry: (id: string) => void;
  giveUp: (id: string) => Promise<void>;
  reload: () => Promise<void>;
}

export interface PhotoDeskOptions {
  token: string;
  /** By the server's clock. */
  nowMs: () => number;
  participantId: () => string | null;
  /** Where the phone is, of what shows the site now; in a call it tells so by itself. */
  position?: () => NewEvidence["position"];
}

export function usePhotoDesk({ token, nowMs, participantId, position = () => null }: PhotoDeskOptions): PhotoDesk {
  const client = createApiClient({ bearerToken: () => token });
  const api = createGuestEvidenceApi(client);
  const outbox = new Outbox({ store: createLastingStore(token), send: api.send, clock: browserClock });
  const letters = shallowRef<readonly Letter[]>([]);
  const there = shallowRef<readonly Evidence[]>([]);
  const forgetful = ref(false);
  const gone = new AbortController();
  const hurry = (): void => outbox.hurry();

  const stop = outbox.letters.subscribe((next) => {
    letters.value = next;
    const arrived = next.flatMap(({ state }) => (state.name === "sent" ? [state.evidence] : []));
    if (arrived.length === 0) return;
    there.value = [...there.value.filter(({ id }) => !arrived.some((one) => one.id === id)), ...arrived];
    for (const { id } of arrived) void outbox.remove(id);
  });
  window.addEventListener("online", hurry);
  onScopeDispose(() => {
    window.removeEventListener("online", hurry);
    gone.abort();
    stop();
    outbox.close();
  });

  async function reload(): Promise<void> {
    try {
      const { items } = await api.list({ signal: gone.signal });
      there.value = items.filter(({ withdrawn_at }) => withdrawn_at === null);
    } catch (error) {
      // Without a network nothing new is known; what is kept here is in sight all the same.
      if (!isAbort(error)) return;
    }
  }

  void outbox.open().catch(() => (forgetful.value = true));
  void reload();
  return {
    client,
    letters,
    there,
    sent: computed(() => there.value.filter(({ author }) => author === `participant:${participantId() ?? ""}`)),
    forgetful,
    async add(file, kind, { partId, itemId, doorplate = null }, requestId = null) {
      const problem = await problemWith(file, kind);
      if (problem !== null) return problem;
      const about = aboutEvidence(kind, nowMs(), {
        part_id: partId,
        checklist_item_id: itemId,
        doorplate,
        device: deviceName(navigator.userAgent),
        position: kind === "document" ? null : position(),
      });
      await outbox.add({ id: newEvidenceId(), about, file, requestId }).catch(() => (forgetful.value = true));
      return null;
    },
    retry: (id) => outbox.retry(id),
    giveUp: (id) => outbox.remove(id),
    reload,
  };
}
