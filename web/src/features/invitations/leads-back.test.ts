import { expect, test } from "vitest";

import { leadsBack } from "./leads-back";

const now = Date.parse("2026-11-22T01:00:00Z");
const LATER = "2026-11-22T02:00:00Z";
const EARLIER = "2026-11-22T00:00:00Z";

const invitation = (accepted_by: string | null, expires_at = LATER, revoked_at: string | null = null) => ({
  accepted_by,
  expires_at,
  revoked_at,
});

test("a link that holds leads back in", () => {
  expect(leadsBack([invitation("王强")], "王强", now)).toBe(true);
});

test("a link that was revoked or has expired does not", () => {
  expect(leadsBack([invitation("王强", LATER, EARLIER)], "王强", now)).toBe(false);
  expect(leadsBack([invitation("王强", EARLIER)], "王强", now)).toBe(false);
});

test("another one's link is not theirs", () => {
  expect(leadsBack([invitation("王强", LATER, EARLIER), invitation(null)], "王强", now)).toBe(false);
});

test("a list from before they came still says that a link is out", () => {
  expect(leadsBack([invitation(null)], "王强", now)).toBe(true);
});
