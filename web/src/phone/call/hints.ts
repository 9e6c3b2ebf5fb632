/** The one thing a person on the phone should know at the moment, most urgent first. Pure. */
import type { CallView } from "@/rtc/call-view";
import type { AddProblem } from "@/rtc/further-cameras";
import type { LocalMediaState } from "@/rtc/local-media";
import type { MediaCondition, PictureState } from "@/rtc/messages";

/** After so long a wait the person should look at the network. */
const LONG_JOINING_MS = 12_000;

export interface Circumstances {
  view: CallView;
  media: LocalMediaState;
  online: boolean;
  /** The device's wall clock. */
  nowMs: number;
  /** When the call screen opened, by the same clock. */
  openedAtMs: number;
  inspectorHere: boolean;
  inspectorAway: boolean;
}

type PictureHint = "stillHint" | "slowHint" | "sharpHint";

export type Hint =
  | {
      name:
        | "socketRefused"
        | "offline"
        | "noCodec"
        | "spoolFull"
        | "cameraTaken"
        | "microphoneTaken"
        | "silencedHint"
        | "mutedHint"
        | "poorHint"
        | PictureHint;
    }
  | { name: "reconnecting"; seconds: number }
  | { name: "publishFailed"; code: string }
  | { name: "joining"; long: boolean }
  | { name: "away" | "waiting" };

/** Covers the picture: the call does not work at the moment. */
export function obstacleOf({
  view,
  online,
  nowMs,
  openedAtMs,
}: Pick<Circumstances, "view" | "online" | "nowMs" | "openedAtMs">): Hint | null {
  if (view.socketRefused) return { name: "socketRefused" };
  const { phase } = view;
  if (phase.name === "reconnecting") {
    if (!online) return { name: "offline" };
    return { name: "reconnecting", seconds: Math.max(0, Math.floor((nowMs - phase.sinceMs) / 1000)) };
  }
  if (phase.name !== "joining") return null;
  if (!online) return { name: "offline" };
  if (view.notice?.code === "spool_full") return { name: "spoolFull" };
  if (view.notice !== null) return { name: "publishFailed", code: view.notice.code };
  return { name: "joining", long: nowMs - openedAtMs >= LONG_JOINING_MS };
}

/** Stands in a line below the picture: the call works, but something should be done. */
export function adviceOf({ view, media, inspectorHere, inspectorAway }: Circumstances): Hint | null {
  if (view.publishProblem === "no_common_codec") return { name: "noCodec" };
  if (view.publishProblem !== null) return { name: "publishFailed", code: view.publishProblem };
  if (isGone(media.camera) && !media.busy) return { name: "cameraTaken" };
  if (media.silenced) return { name: "silencedHint" };
  if (media.microphone === "muted") return { name: "mutedHint" };
  if (isGone(media.microphone) && !media.busy) return { name: "microphoneTaken" };
  if (!inspectorHere) return { name: "waiting" };
  if (inspectorAway) return { name: "away" };
  const own = view.participantId === null ? undefined : view.quality[view.participantId];
  if (own === undefined) return null;
  const picture = pictureHintOf(own.picture);
  if (picture === "stillHint") return { name: picture };
  if (own.level === "poor") return { name: "poorHint" };
  return picture === null ? null : { name: picture };
}

export type AddHint = "addNoneLeft" | "addOneAtATime" | "addRefused" | "addFailed";

/** Why no second camera could be added; some reasons come to the same for who holds the phone. */
export function addHint(problem: AddProblem): AddHint {
  if (problem === "none_left" || problem === "not_found") return "addNoneLeft";
  if (problem === "one_at_a_time") return "addOneAtATime";
  return problem === "refused" ? "addRefused" : "addFailed";
}

function isGone(condition: MediaCondition): boolean {
  return condition === "taken" || condition === "unavailable";
}

function pictureHintOf(picture: PictureState): PictureHint | null {
  if (picture.reason !== "full") return picture.still_interval_s > 0 ? "stillHint" : "slowHint";
  return picture.preference === "sharp" ? "sharpHint" : null;
}
