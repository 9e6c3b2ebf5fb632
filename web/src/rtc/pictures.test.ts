import { expect, test } from "vitest";

import type { ParticipantState } from "./messages";
import { picturesOf } from "./pictures";

const SITE: ParticipantState = {
  participant_id: "site",
  role: "enterprise",
  display_name: "王强",
  presence: "live",
  camera: "on",
  microphone: "on",
  device: "",
  silenced: false,
  invited: true,
  sources: ["camera", "microscope"],
};

test("each camera of a participant is a picture, the first one under the participant's own id", () => {
  const ids = picturesOf([SITE, { ...SITE, participant_id: "wall", sources: [] }]).map((one) => [one.id, one.source]);
  expect(ids).toEqual([
    ["site", "camera"],
    ["site/microscope", "microscope"],
    ["wall", "camera"],
  ]);
});

test("who sends from a further camera only has a place for the first one, too", () => {
  expect(picturesOf([{ ...SITE, sources: ["microscope"] }]).map((one) => one.id)).toEqual(["site", "site/microscope"]);
});

test("observers have no picture, for they may not send any", () => {
  expect(picturesOf([{ ...SITE, role: "observer", sources: [] }])).toEqual([]);
});
