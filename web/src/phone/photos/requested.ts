/** Photos that the inspector asked for: which one is still wanted, and what is told of the others. */
import type { Letter } from "@/features/evidence/outbox";
import type { ClientMessage, PhotoRequestState } from "@/rtc/messages";
import { Observable } from "@/rtc/observable";

export type Progress = Extract<ClientMessage, { type: "photo_progress" }>;

/** So fine that a person sees it move, so coarse that it says little. */
const STEPS = 10;
/** Also one that was begun: the camera may have failed, or the file may have been given up. */
const LACKING: ReadonlySet<PhotoRequestState["stage"]> = new Set(["asked", "taking", "failed"]);
const OVER: ReadonlySet<PhotoRequestState["stage"]> = new Set(["sent", "declined", "cancelled"]);

/** The oldest wish that still lacks a photo: no letter carries one, and nothing final was said of it. */
export function wantedOf(
  requests: readonly PhotoRequestState[],
  letters: readonly Letter[],
  answered: ReadonlySet<string>,
): PhotoRequestState | null {
  const carried = new Set(letters.map(({ outgoing }) => outgoing.requestId));
  return requests.find(({ request_id: id, stage }) => LACKING.has(stage) && !carried.has(id) && !answered.has(id)) ?? null;
}

/**
 * Says how far each photo is: the same thing once over one WebSocket, and again over the next one while the room's list
 * shows that it was not heard.
 */
export class RequestedPhotos {
  /** Of which wishes the last word was said from here. */
  readonly answered = new Observable<ReadonlySet<string>>(new Set());
  private readonly lastWords = new Map<string, Progress>();
  private readonly said = new Map<string, string>();
  private letters: readonly Letter[] = [];

  constructor(private readonly send: (progress: Progress) => void) {}

  /** To be called at each change: what was sent is among them for one moment only. */
  follow(letters: readonly Letter[]): void {
    this.letters = letters;
    for (const letter of letters) {
      const progress = progressOf(letter);
      if (progress === null) continue;
      if (progress.stage === "sent") this.close(letter.outgoing.id, progress);
      this.say(letter.outgoing.id, progress);
    }
  }

  taking(requestId: string): void {
    this.send(progressFor(requestId, "taking"));
  }

  decline(requestId: string): void {
    const progress = progressFor(requestId, "declined");
    this.close(requestId, progress);
    this.say(requestId, progress);
  }

  /** The WebSocket is a new one: what was said over the old one may be lost. */
  connected(): void {
    this.said.clear();
  }

  /** What the room knows: of what is not over there, it is told what it missed. */
  heard(requests: readonly PhotoRequestState[]): void {
    const open = new Set(requests.filter(({ stage }) => !OVER.has(stage)).map(({ request_id }) => request_id));
    const current = this.letters.map((letter) => [letter.outgoing.id, progressOf(letter)] as const);
    for (const [key, progress] of [...this.lastWords, ...current]) {
      if (progress !== null && open.has(progress.request_id)) this.say(key, progress);
    }
  }

  private close(key: string, progress: Progress): void {
    this.lastWords.set(key, progress);
    this.answered.set(new Set([...this.answered.value, progress.request_id]));
  }

  private say(key: string, progress: Progress): void {
    const words = JSON.stringify(progress);
    if (this.said.get(key) === words) return;
    this.said.set(key, words);
    this.send(progress);
  }
}

/** What is to be said of a letter; null if nobody asked for it. */
export function progressOf({ outgoing: { id, requestId }, state }: Letter): Progress | null {
  if (requestId === null) return null;
  const say = (stage: Progress["stage"], fraction: number): Progress => ({
    ...progressFor(requestId, stage),
    fraction,
    evidence_id: stage === "sent" ? id : null,
  });
  switch (state.name) {
    case "waiting":
    case "delayed":
      return say("sending", 0);
    case "sending":
      return say("sending", Math.floor(state.fraction * STEPS) / STEPS);
    case "refused":
      return say("failed", 0);
    case "sent":
      return say("sent", 1);
  }
}

function progressFor(requestId: string, stage: Progress["stage"]): Progress {
  return { type: "photo_progress", request_id: requestId, stage, fraction: 0, evidence_id: null };
}
