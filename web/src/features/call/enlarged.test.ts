import { expect, test } from "vitest";

import type { ParticipantState } from "@/rtc/messages";
import { picturesOf } from "@/rtc/pictures";

import { enlargedOf } from "./enlarged";

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
const DEVICE: ParticipantState = { ...SITE, participant_id: "device", role: "device", sources: ["camera"] };

const large = (people: ParticipantState[], chosen: string | null, site: ParticipantState | null) =>
  enlargedOf(picturesOf(people), chosen, site)?.id ?? null;

test("without a choice the site is large", () => {
  expect(large([SITE, DEVICE], null, SITE)).toBe("site");
  expect(large([DEVICE], null, null)).toBeNull();
});

test.each(["device", "site/microscope"])("the inspector's choice is large: %s", (chosen) => {
  expect(large([SITE, DEVICE], chosen, SITE)).toBe(chosen);
});

test("a choice that is gone gives way to the site, until it is back", () => {
  expect(large([SITE, { ...DEVICE, presence: "left" }], "device", SITE)).toBe("site");
  expect(large([{ ...SITE, sources: ["camera"] }, DEVICE], "site/microscope", null)).toBeNull();
  expect(large([SITE, { ...DEVICE, presence: "away" }], "device", SITE)).toBe("device");
});

test("a site that sends from its second camera only is seen by that", () => {
  const site = { ...SITE, sources: ["microscope"] };
  expect(large([site], null, site)).toBe("site/microscope");
  const waiting = { ...SITE, sources: [] };
  expect(large([waiting], null, waiting)).toBe("site");
});
