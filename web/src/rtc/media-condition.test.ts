import { expect, test } from "vitest";

import { conditionOf, type Circumstances } from "./media-condition";

const working: Circumstances = {
  wanted: true,
  mutedByPerson: false,
  track: { muted: false, readyState: "live" },
  inUse: false,
  hidden: false,
  takenInSight: false,
  backgroundTakesIt: true,
};

test.each<[string, Partial<Circumstances>, string]>([
  ["a camera that works", {}, "on"],
  ["switched off by the person", { mutedByPerson: true }, "muted"],
  ["no such device", { track: null }, "unavailable"],
  ["taken by a phone call", { track: { muted: true, readyState: "live" } }, "taken"],
  ["not to be had again while the phone call lasts", { track: null, inUse: true }, "taken"],
  [
    "a phone call to which its person turns",
    { track: { muted: true, readyState: "live" }, hidden: true, takenInSight: true },
    "taken",
  ],
  ["a phone call that ended behind the page", { hidden: true, takenInSight: true }, "background"],
  ["a phone's camera that stops behind another app", { track: { muted: true, readyState: "live" }, hidden: true }, "background"],
  ["unplugged", { track: { muted: false, readyState: "ended" } }, "unavailable"],
  ["a phone's camera behind another app", { hidden: true }, "background"],
  ["a laptop's camera in a hidden tab goes on", { hidden: true, backgroundTakesIt: false }, "on"],
  [
    "a laptop's camera that stops in a hidden tab",
    { hidden: true, backgroundTakesIt: false, track: { muted: true, readyState: "live" } },
    "background",
  ],
  ["background wins over muted", { hidden: true, mutedByPerson: true }, "background"],
  ["somebody who only watches", { wanted: false, track: null }, "off"],
])("%s", (_name, change, condition) => {
  expect(conditionOf({ ...working, ...change })).toBe(condition);
});
