/**
 * Whether there is a result, asked for by a page that is in no call. Who was not let in has no part in the result: until
 * then only the door is asked, which also tells when it is all over.
 */
import { toApiError } from "@/api/client";
import type { VisitApi } from "@/api/visit";
import type { OutcomeDesk } from "@/features/outcome/outcome-desk";

/** There is nothing to come back to; what came of it may be there. */
export const ENDED: readonly string[] = ["inspection_ended", "invitation_expired"];

export interface OutcomeNewsOptions {
  guest: Pick<VisitApi, "waiting">;
  desk: Pick<OutcomeDesk, "outcome" | "reload">;
  ended: () => void;
}

export function createOutcomeNews({ guest, desk, ended }: OutcomeNewsOptions): { ask: () => Promise<void> } {
  let letIn = false;

  return {
    async ask() {
      try {
        letIn ||= (await guest.waiting()).admitted;
      } catch (error) {
        // Without a network the next time will tell.
        if (ENDED.includes(toApiError(error).code)) ended();
        return;
      }
      if (!letIn) return;
      await desk.reload();
      if (desk.outcome.value?.state === "ended") ended();
    },
  };
}
