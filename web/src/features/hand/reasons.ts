/** Why something cannot be asked of a camera at the moment. Pure; the words are in the texts. */
import type { CameraAbilities } from "@/rtc/messages";

/** Key below `hand.why`. */
export type Reason = "away" | "untold" | "no_other_camera" | "no_torch" | "no_zoom";

export interface Reasons {
  turn: Reason | null;
  torch: Reason | null;
  zoom: Reason | null;
  /** Of what is up to the person, and of photos. */
  person: Reason | null;
}

/** Null: it can be asked for. `abilities` null: the camera has not said what it can do. */
export function reasonsAgainst(isLive: boolean, abilities: CameraAbilities | null): Reasons {
  if (!isLive) return { turn: "away", torch: "away", zoom: "away", person: "away" };
  if (abilities === null) return { turn: "untold", torch: "untold", zoom: "untold", person: null };
  return {
    turn: abilities.can_turn ? null : "no_other_camera",
    torch: abilities.torch === null ? "no_torch" : null,
    zoom: abilities.zoom === null ? "no_zoom" : null,
    person: null,
  };
}
