/** Which text explains an error code to the person on the phone, and whether trying again can help. */
import type { IconName } from "@/features/call/parts/CallIcon.vue";

export interface Trouble {
  /** Key below `trouble` in the texts. */
  text: string;
  icon: IconName;
  canRetry: boolean;
}

const FINAL = { canRetry: false } as const;
const AGAIN = { canRetry: true } as const;

const KNOWN: Readonly<Record<string, Trouble>> = {
  invitation_invalid: { text: "invitation_invalid", icon: "link", ...FINAL },
  invitation_expired: { text: "invitation_expired", icon: "clock", ...AGAIN },
  participant_removed: { text: "participant_removed", icon: "lock", ...FINAL },
  invitation_revoked: { text: "invitation_revoked", icon: "lock", ...FINAL },
  inspection_ended: { text: "inspection_ended", icon: "check", ...FINAL },
  room_full: { text: "room_full", icon: "alert", ...AGAIN },
  too_many_attempts: { text: "too_many_attempts", icon: "clock", ...AGAIN },
  version_unsupported: { text: "version_unsupported", icon: "alert", ...AGAIN },
  network_unreachable: { text: "network", icon: "signal", ...AGAIN },
  request_timed_out: { text: "network", icon: "signal", ...AGAIN },
  unexpected_answer: { text: "network", icon: "signal", ...AGAIN },
};

export function troubleOf(code: string): Trouble {
  return KNOWN[code] ?? { text: "other", icon: "alert", ...AGAIN };
}

/** Whether nothing is known because nothing was reached. */
export function lacksNetwork(code: string): boolean {
  return troubleOf(code).text === "network";
}
