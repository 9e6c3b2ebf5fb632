/** Tells the inspector how far a photo is that was asked for. Pure. */
import type { Letter } from "@/features/evidence/outbox";
import type { ClientMessage } from "@/rtc/messages";

type Progress = Extract<ClientMessage, { type: "photo_progress" }>;

/** So fine that a person sees it move, so coarse that it says little. */
const STEPS = 10;

/** What is to be said of a letter; null if nobody asked for it. */
export function progressOf({ outgoing: { id, requestId }, state }: Letter): Progress | null {
  if (requestId === null) return null;
  const say = (stage: Progress["stage"], fraction: number): Progress => ({
    type: "photo_progress",
    request_id: requestId,
    stage,
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
