import { effectScope } from "vue";
import { expect, test } from "vitest";

import type { ApiClient } from "@/api/client";
import type { WhereaboutsState } from "@/rtc/messages";
import { FakeClock } from "@/rtc/testing/fake-clock";

import type { NewSite } from "./site-api";
import { createSiteDesk, type SiteDesk } from "./site-desk";

const REGISTERED = { latitude: 38.2412, longitude: 104.6395, given_in: "gcj_02", set_at: "2026-11-21T07:00:00Z" };
const REPORT = { participant_id: "phone", latitude: 38.27, longitude: 104.64, accuracy_m: 15 } as WhereaboutsState;

/** A desk over a server that keeps one site. */
function opened(before: typeof REGISTERED | null): { desk: SiteDesk; kept: () => unknown; close: () => void } {
  let site = before;
  const client = {
    get: (path: string) => Promise.resolve(path.endsWith("/whereabouts") ? { site, radius_m: 300, reports: [] } : { items: [] }),
    put: (_path: string, { latitude, longitude, datum, converted_from }: NewSite) => {
      site = { ...REGISTERED, latitude, longitude, given_in: converted_from ?? datum };
      return Promise.resolve({ site });
    },
  } as unknown as ApiClient;
  const scope = effectScope();
  const chance = () => 0;
  const desk = scope.run(() => createSiteDesk({ client, inspectionId: "call", send: () => undefined, clock: new FakeClock(), chance }));
  if (desk === undefined) throw new Error("the scope is closed");
  return { desk, kept: () => site, close: () => scope.stop() };
}

test("a registered place that was replaced can be restored, once", async () => {
  const { desk, kept, close } = opened(REGISTERED);
  await desk.reload();
  await desk.register("case", REPORT);
  expect(kept()).toMatchObject({ latitude: 38.27, longitude: 104.64, given_in: "wgs_84" });
  expect(desk.former.value).toMatchObject({ caseId: "case", site: REGISTERED });
  await desk.restore();
  expect(kept()).toEqual(REGISTERED);
  expect(desk.former.value).toBeNull();
  close();
});

test("where nothing was registered there is nothing to restore", async () => {
  const { desk, close } = opened(null);
  await desk.reload();
  await desk.register("case", REPORT);
  expect(desk.former.value).toBeNull();
  close();
});
