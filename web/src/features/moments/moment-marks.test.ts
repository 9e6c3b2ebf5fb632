/** What the replay says of people who came and went, in both languages. */
import { createI18n } from "vue-i18n";
import { describe, expect, test } from "vitest";

import replayEn from "@/i18n/texts/replay/en";
import replayZh from "@/i18n/texts/replay/zh-CN";
import siteEn from "@/i18n/texts/site/en";
import siteZh from "@/i18n/texts/site/zh-CN";

import type { Moment } from "./moment-desk";
import { momentMarks } from "./moment-marks";

const KINDS = ["waiting", "admitted", "silenced", "let_speak", "spoke_again", "removed", "left"].map((one) => `participant.${one}`);

function moment(kind: string, about: string | null = "p"): Moment {
  return { id: kind, at: "2026-11-28T01:00:00Z", kind, participant_id: about, actor: "user:u", details: { task: "show_qr", code: "7K" } };
}

describe.each([
  ["zh-CN", replayZh, siteZh],
  ["en", replayEn, siteEn],
])("in %s", (locale, replay, site) => {
  const { t } = createI18n({ legacy: false, locale, messages: { [locale]: { replay, site } } }).global;
  const marks = (...moments: Moment[]) => momentMarks(moments, { p: "王强" }, (key, values) => t(key, values));

  test.each(KINDS)("%s names the person", (kind) => {
    const [mark] = marks(moment(kind));
    expect(mark).toMatchObject({ family: "people", group: "person", atMs: Date.parse("2026-11-28T01:00:00Z") });
    expect(mark?.label).toContain("王强");
    expect(mark?.label).not.toMatch(/replay\.|[{}]/);
  });

  test("each says something else", () => {
    expect(new Set(marks(...KINDS.map((kind) => moment(kind))).map(({ label }) => label)).size).toBe(KINDS.length);
  });

  test("whoever has no name is somebody", () => {
    expect(marks(moment("participant.left", "gone"))[0]?.label).not.toMatch(/gone|undefined|replay\./);
  });

  test("what was seen of the site has its own family, and what stands elsewhere makes no mark", () => {
    expect(marks(moment("challenge.asked"))).toMatchObject([{ family: "site" }]);
    expect(marks(moment("decision.made"), moment("opinion.given"), moment("photo.asked"))).toEqual([]);
  });
});
