/** Whether somebody who left can come back by the link they came with. Pure. */
import type { Schema } from "@/api/client";

type Invitation = Pick<Schema<"InvitationView">, "accepted_by" | "revoked_at" | "expires_at">;

/**
 * By the invitations that carry `name`; by all of them where none does: who came a moment ago is not in an older list.
 */
export function leadsBack(invitations: readonly Invitation[], name: string, nowMs: number): boolean {
  const own = invitations.filter((one) => one.accepted_by === name);
  return (own.length > 0 ? own : invitations).some(
    (one) => one.revoked_at === null && Date.parse(one.expires_at) > nowMs,
  );
}
