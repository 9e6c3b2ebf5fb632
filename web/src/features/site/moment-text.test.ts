import { createI18n } from "vue-i18n";
import { describe, expect, test } from "vitest";

import en from "@/i18n/texts/site/en";
import zh from "@/i18n/texts/site/zh-CN";

import { momentText } from "./moment-text";

const MOMENTS = [
  { kind: "position.inside", details: { distance_m: 40, accuracy_m: 12 } },
  { kind: "position.outside", details: { distance_m: 5200, accuracy_m: 30 } },
  ...["denied", "unavailable", "timed_out"].map((why) => ({ kind: "position.none", details: { why } })),
  ...["asked", "seen", "confirmed", "failed", "expired"].flatMap((end) =>
    ["write_code", "show_qr", "turn_to_door"].map((task) => ({ kind: `challenge.${end}`, details: { task, code: "7KQ2MX" } })),
  ),
  ...["too_dark", "blurred", "covered", "frozen", "unchanged"].flatMap((hint) =>
    ["picture.hint", "picture.hint_over"].map((kind) => ({ kind, details: { hint, source: "camera" } })),
  ),
  { kind: "picture.code", details: { text: "6901234567892" } },
];

describe.each([
  ["zh-CN", zh],
  ["en", en],
])("in %s", (locale, site) => {
  const { t } = createI18n({ legacy: false, locale, messages: { [locale]: { site } } }).global;
  const say = (moment: (typeof MOMENTS)[number]) => momentText(moment, (key, values) => t(key, values));

  test.each(MOMENTS)("$kind $details reads well", (moment) => {
    const text = say(moment);
    expect(text).not.toBeNull();
    expect(text).not.toMatch(/site\.|undefined|[{}]/);
  });

  test("carries what matters", () => {
    expect(say({ kind: "position.outside", details: { distance_m: 5200, accuracy_m: 30 } })).toContain("5.2 km");
    expect(say({ kind: "picture.code", details: { text: "6901234567892" } })).toContain("6901234567892");
  });

  test("says nothing of others' moments", () => {
    expect(say({ kind: "evidence.still", details: {} } as never)).toBeNull();
  });
});
