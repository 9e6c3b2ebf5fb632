import { describe, expect, test } from "vitest";

import type { FootageAlarm } from "@/rtc/messages";
import en from "@/i18n/laptop.en";
import zh from "@/i18n/laptop.zh-CN";

import { alarmBanners } from "./alarm-banners";

describe("the alarms above the picture", () => {
  test("come with the gravest first, and only while they stand", () => {
    expect(alarmBanners(["upload_delayed", "no_sound_written"])).toEqual([
      { alarm: "no_sound_written", weight: "grave" },
      { alarm: "upload_delayed", weight: "warn" },
    ]);
    expect(alarmBanners([])).toEqual([]);
  });

  test.each(["no_picture_written", "no_sound_written"] satisfies FootageAlarm[])(
    "say in both languages that %s, and for how long",
    (alarm) => {
      expect(alarmBanners([alarm])).toEqual([{ alarm, weight: "grave" }]);
      expect(zh.call.alarms[alarm]).toContain("5 秒");
      expect(en.call.alarms[alarm]).toContain("5 seconds");
    },
  );
});
