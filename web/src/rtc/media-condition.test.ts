import { expect, test } from "vitest";

import { conditionOf, type Circumstances } from "./media-condition";

const working: Circumstances = {
  wanted: true,
  mutedByPerson: false,
  track: { muted: false, readyState: "live" },
  hidden: false,
  backgroundTakesIt: true,
};

test.each<[string, Partial<Circumstances>, string]>([
  ["a camera that works", {}, "on"],
  ["switched off by the person", { mutedByPerson: true }, "muted"],
  ["no such device", { track: null }, "unavailable"],
  ["taken by a phone call", { track: { muted: true, readyState: "live" } }, "unavailable"],
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
