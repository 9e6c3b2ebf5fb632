/**
 * What the inspector knows of the site while the call runs: where people are, what is wrong with their pictures, which
 * codes were read, and the live challenges.
 */
import { computed, inject, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from "vue";

import { isAbort, type ApiClient } from "@/api/client";
import { newEvidenceId } from "@/api/evidence";
import { createLatest } from "@/components/latest";
import type { Call } from "@/rtc/call";
import type { Clock } from "@/rtc/clock";
import type { ClientMessage, Hint, HintedPicture, WhereaboutsState } from "@/rtc/messages";
import type { Unsubscribe } from "@/rtc/observable";
import { followTopic } from "@/rtc/topics";

import { randomDelayMs, randomTask, type Chance } from "./chance";
import { withReading, type ReadCode } from "./code-list";
import { createSiteApi, type Challenge, type Site, type Task, type Whereabouts } from "./site-api";

export interface FormerSite {
  caseId: string;
  site: Site;
}

export interface SiteDesk {
  /** The newest of each participant, by id. */
  latest: Readonly<ShallowRef<ReadonlyMap<string, WhereaboutsState>>>;
  /** The site and every report; null before the first answer. */
  history: Readonly<ShallowRef<Whereabouts | null>>;
  failure: Readonly<ShallowRef<unknown>>;
  challenges: Readonly<ShallowRef<readonly Challenge[]>>;
  pictures: Readonly<ShallowRef<readonly HintedPicture[]>>;
  codes: Readonly<ShallowRef<readonly ReadCode[]>>;
  /** Whose codes the inspector wants to have read. */
  reading: Readonly<ShallowRef<ReadonlySet<string>>>;
  /** Whom a challenge will be asked of by itself within minutes, or null. */
  awaited: Readonly<Ref<string | null>>;
  busy: ComputedRef<boolean>;
  reload: () => Promise<void>;
  ask: (participantId: string, task: Task) => Promise<void>;
  /** Asks for a random task at a random moment soon; `null` calls it off. */
  askByChance: (participantId: string | null) => void;
  judge: (challengeId: string, passed: boolean) => Promise<void>;
  readCodes: (participantId: string, wanted: boolean) => void;
  /** Takes a reported position as the site's, for all cases of the enterprise. */
  register: (caseId: string, report: WhereaboutsState) => Promise<void>;
  /** What was registered before `register`, until it is restored or the page is left; null if nothing was. */
  former: Readonly<ShallowRef<FormerSite | null>>;
  restore: () => Promise<void>;
  hintsOf: (participantId: string, source: string) => readonly Hint[];
  /** Ties it to a call that is entered. */
  follow: (call: Pick<Call, "messages">) => Unsubscribe;
}

export interface SiteDeskOptions {
  client: ApiClient;
  inspectionId: string;
  send: (message: ClientMessage) => void;
  clock: Clock;
  chance: Chance;
}

export const SITE_DESK: InjectionKey<SiteDesk> = Symbol("site-desk");

export function useSiteDesk(): SiteDesk {
  const desk = inject(SITE_DESK);
  if (!desk) throw new Error("No site desk is provided here");
  return desk;
}

export function createSiteDesk({ client, inspectionId, send, clock, chance }: SiteDeskOptions): SiteDesk {
  const api = createSiteApi(client);
  const latest = shallowRef<ReadonlyMap<string, WhereaboutsState>>(new Map());
  const history = shallowRef<Whereabouts | null>(null);
  const failure = shallowRef<unknown>(null);
  const challenges = shallowRef<readonly Challenge[]>([]);
  const pictures = shallowRef<readonly HintedPicture[]>([]);
  const codes = shallowRef<readonly ReadCode[]>([]);
  const reading = shallowRef<ReadonlySet<string>>(new Set());
  const former = shallowRef<FormerSite | null>(null);
  const awaited = ref<string | null>(null);
  const pending = ref(0);
  const gone = new AbortController();
  let callOff: (() => void) | null = null;

  async function guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      failure.value = null;
    } catch (error) {
      if (!isAbort(error)) failure.value = error;
    }
  }
  async function act(action: () => Promise<void>): Promise<void> {
    pending.value += 1;
    await guarded(action);
    pending.value -= 1;
  }

  const newestHistory = createLatest<Whereabouts>((found) => (history.value = found));
  const newestChallenges = createLatest<readonly Challenge[]>((found) => (challenges.value = found));
  const loadHistory = (): Promise<void> => newestHistory(api.whereabouts(inspectionId, { signal: gone.signal }));
  const loadChallenges = (): Promise<void> => newestChallenges(api.challenges(inspectionId, { signal: gone.signal }));
  const reload = (): Promise<void> =>
    guarded(async () => {
      await Promise.all([loadHistory(), loadChallenges()]);
    });

  /** A code that answers a challenge is only found while codes are read. */
  const read = computed(() => {
    const asked = challenges.value.filter(({ outcome, task }) => outcome === null && task === "show_qr");
    return new Set([...reading.value, ...asked.map((each) => each.participant_id)]);
  });
  const tell = (participantId: string, wanted: boolean): void =>
    send({ type: "read_codes", participant_id: participantId, wanted });
  watch(read, (now, before) => {
    for (const id of now) if (!before.has(id)) tell(id, true);
    for (const id of before) if (!now.has(id)) tell(id, false);
  });

  const ask = (participantId: string, task: Task): Promise<void> => {
    const id = newEvidenceId();
    return act(async () => {
      await api.ask(inspectionId, id, { participant_id: participantId, task });
      await loadChallenges();
    });
  };
  function askByChance(participantId: string | null): void {
    callOff?.();
    callOff = null;
    awaited.value = participantId;
    if (participantId === null) return;
    callOff = clock.after(randomDelayMs(chance), () => {
      awaited.value = null;
      void ask(participantId, randomTask(chance));
    });
  }
  onScopeDispose(() => {
    callOff?.();
    gone.abort();
  });

  return {
    latest,
    history,
    failure,
    challenges,
    pictures,
    codes,
    reading,
    awaited,
    busy: computed(() => pending.value > 0),
    reload,
    ask,
    askByChance,
    judge: (challengeId, passed) =>
      act(async () => {
        await api.judge(challengeId, passed);
        await loadChallenges();
      }),
    readCodes(participantId, wanted) {
      const next = new Set(reading.value);
      if (wanted) next.add(participantId);
      else next.delete(participantId);
      reading.value = next;
    },
    register: (caseId, { latitude, longitude }) =>
      act(async () => {
        if (latitude == null || longitude == null) return;
        const site = history.value?.site ?? null;
        await api.registerSite(caseId, { latitude, longitude, datum: "wgs_84", converted_from: null });
        former.value = site === null ? null : { caseId, site };
        await loadHistory();
      }),
    former,
    restore: () =>
      act(async () => {
        if (former.value === null) return;
        const { caseId, site } = former.value;
        const { latitude, longitude, given_in: converted_from } = site;
        await api.registerSite(caseId, { latitude, longitude, datum: "wgs_84", converted_from });
        former.value = null;
        await loadHistory();
      }),
    hintsOf: (participantId, source) =>
      pictures.value.find((one) => one.participant_id === participantId && one.source === source)?.hints ?? [],
    follow({ messages }) {
      const stops = [
        messages.on("whereabouts", ({ participants }) => {
          latest.value = new Map(participants.map((each) => [each.participant_id, each]));
          void guarded(loadHistory);
        }),
        messages.on("picture_hints", (told) => (pictures.value = told.pictures)),
        messages.on("codes_read", (told) => (codes.value = withReading(codes.value, told))),
        // What was wrong with pictures is told after the welcome, if anything is; the wish for codes may have been lost.
        messages.on("welcome", () => {
          pictures.value = [];
          read.value.forEach((id) => tell(id, true));
          void guarded(loadHistory);
        }),
        followTopic(messages, "challenges", () => void guarded(loadChallenges)),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}
