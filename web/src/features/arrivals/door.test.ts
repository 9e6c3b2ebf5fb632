import { expect, test } from "vitest";

import type { ApiClient } from "@/api/client";

import { concerns, createDoor, unconfirmed, waiting, type Arrival, type Decline } from "./door";

const check = (subject: string, verdict: string) => ({ subject, verdict, problem: "", facts: {} });
const guest = (change: Partial<Arrival> = {}): Arrival =>
  ({ participant_id: "a", waiting_since: "2026-11-21T07:00:00Z", admitted_at: null, readiness: null, ...change }) as Arrival;

test("of a phone only what is not good is a concern, the worst first", () => {
  const checks = [check("camera", "good"), check("network", "weak"), check("battery", "untold"), check("location", "bad")];
  const found = concerns(guest({ readiness: { checked_at: "", checks } as Arrival["readiness"] }));
  expect(found.map((one) => one.subject)).toEqual(["location", "network"]);
  expect(concerns(guest())).toEqual([]);
});

test("who was let in or went away waits no longer", () => {
  const admitted = guest({ admitted_at: "2026-11-21T07:01:00Z" });
  expect(waiting([guest(), admitted, guest({ waiting_since: null })])).toHaveLength(1);
});

test("an answer that was overtaken is no news, and what is settled is gone", async () => {
  const answers: ((value: unknown) => void)[] = [];
  const client = { get: () => new Promise((resolve) => answers.push(resolve)) } as unknown as ApiClient;
  const door = createDoor(client, "i");
  const first = door.reload();
  const second = door.reload();
  const open = { kind: "recusal", settled_at: null } as Decline;
  answers[1]?.({ items: [guest()], declines: [open, { ...open, settled_at: "2026-11-21T07:00:00Z" }] });
  await second;
  answers[0]?.({ items: [], declines: [] });
  await first;
  expect(door.arrivals.value).toHaveLength(1);
  expect(door.declines.value).toEqual([open]);
});

test("of who sent photos only who was never let in is still to be confirmed", () => {
  const pictures = ["a", "b", "d"].map((id) => ({ author: `participant:${id}` }));
  const guests = [
    guest({ participant_id: "a", role: "enterprise" }),
    guest({ participant_id: "b", role: "helper", admitted_at: "2026-11-21T07:01:00Z" }),
    guest({ participant_id: "c", role: "enterprise" }),
    guest({ participant_id: "d", role: "expert" }),
  ];
  expect(unconfirmed(guests, pictures).map((one) => one.participant_id)).toEqual(["a"]);
});
