/**
 * Starts pictures and sound, and knows when the browser wants a tap first.
 *
 * Browsers may refuse sound before the person has touched the page; WeChat's draws not even a picture before a tap.
 * Each element that plays is registered here, so that one tap starts all of them.
 */
import { readonly, ref, type InjectionKey, type Ref } from "vue";

export interface Playback {
  /** At least one element waits for a tap. */
  readonly blocked: Readonly<Ref<boolean>>;
  /** Plays the element as long as it is registered; the returned function ends that. */
  register: (element: HTMLMediaElement) => () => void;
  start: (element: HTMLMediaElement) => void;
  /** Which speaker everything is heard through; null for the system's. Browsers that cannot choose go on as they are. */
  speakThrough: (speakerId: string | null) => void;
  /** To be called in the handler of a tap. */
  resume: () => void;
}

export const PLAYBACK: InjectionKey<Playback> = Symbol("playback");

export function createPlayback(): Playback {
  const blocked = ref(false);
  const elements = new Set<HTMLMediaElement>();
  let speaker = "";

  function direct(element: HTMLMediaElement): void {
    if (!("setSinkId" in element) || element.sinkId === speaker) return;
    // One that was pulled out meanwhile: what plays goes on through the system's.
    element.setSinkId(speaker).catch(() => undefined);
  }

  function start(element: HTMLMediaElement): void {
    if (element.srcObject === null) return;
    element.play().catch((error: unknown) => {
      // AbortError only says that a newer stream took the place of this one.
      if (error instanceof DOMException && error.name === "NotAllowedError" && elements.has(element)) {
        blocked.value = true;
      }
    });
  }

  return {
    blocked: readonly(blocked),
    register(element) {
      elements.add(element);
      direct(element);
      return () => elements.delete(element);
    },
    start,
    speakThrough(speakerId) {
      speaker = speakerId ?? "";
      elements.forEach(direct);
    },
    resume() {
      blocked.value = false;
      elements.forEach(start);
    },
  };
}
