import { describe, expect, it } from "vitest";

import { clockText, dateText, instantsOf, localParts, offsetText, zoneLabel } from "./zone";

const at = (iso: string): number => Date.parse(iso);

describe("clock and calendar of a zone", () => {
  it.each([
    ["2026-11-21T15:04:05.250Z", "Asia/Shanghai", "2026-11-21", "23:04:05", "+08:00"],
    ["2026-11-21T16:00:00Z", "Asia/Shanghai", "2026-11-22", "00:00:00", "+08:00"],
    ["2026-11-21T23:59:59Z", "Asia/Kolkata", "2026-11-22", "05:29:59", "+05:30"],
    ["2026-07-01T00:00:00Z", "America/New_York", "2026-06-30", "20:00:00", "-04:00"],
    ["2026-11-21T15:04:05Z", "UTC", "2026-11-21", "15:04:05", "+00:00"],
  ])("%s in %s", (iso, zone, date, clock, offset) => {
    expect([dateText(at(iso), zone), clockText(at(iso), zone), offsetText(at(iso), zone)]).toEqual([
      date,
      clock,
      offset,
    ]);
  });

  it("keeps milliseconds", () => {
    expect(localParts(at("2026-11-21T15:04:05.250Z"), "Asia/Shanghai").millisecond).toBe(250);
  });

  it("names the zone in the reader's language, with its offset", () => {
    const moment = at("2026-11-21T15:04:05Z");
    expect(zoneLabel(moment, "Asia/Shanghai", "zh-CN")).toBe("中国标准时间 · UTC+08:00");
    expect(zoneLabel(moment, "Asia/Shanghai", "en")).toBe("China Standard Time · UTC+08:00");
  });
});

describe("instants of a clock time", () => {
  const parts = (day: number, month: number, hour: number, minute: number) => ({
    year: 2026,
    month,
    day,
    hour,
    minute,
    second: 0,
    millisecond: 0,
  });

  it("is one on an ordinary day", () => {
    expect(instantsOf(parts(21, 11, 15, 4), "Asia/Shanghai")).toEqual([at("2026-11-21T07:04:00Z")]);
  });

  it("is two in the hour that daylight saving repeats", () => {
    expect(instantsOf(parts(25, 10, 2, 30), "Europe/Berlin")).toEqual([
      at("2026-10-25T00:30:00Z"),
      at("2026-10-25T01:30:00Z"),
    ]);
  });

  it("is none in the hour that daylight saving skips", () => {
    expect(instantsOf(parts(29, 3, 2, 30), "Europe/Berlin")).toEqual([]);
  });
});
