import { describe, expect, it } from "vitest";

import { formatMoment, parseMoment } from "./moment";

describe("the t parameter", () => {
  it.each([
    ["2026-11-21T15:04:05+08:00", "2026-11-21T07:04:05.000Z"],
    ["2026-11-21T15:04:05 08:00", "2026-11-21T07:04:05.000Z"], // an unescaped plus sign arrives as a space
    ["2026-11-21T07:04:05Z", "2026-11-21T07:04:05.000Z"],
    ["2026-11-21t07:04:05.1239z", "2026-11-21T07:04:05.123Z"],
    ["2026-11-21T07:04:05,5Z", "2026-11-21T07:04:05.500Z"],
    ["2026-11-21T07:04Z", "2026-11-21T07:04:00.000Z"],
    ["2026-11-21T03:04:05-0400", "2026-11-21T07:04:05.000Z"],
    ["2026-11-21T12:49:05+0545", "2026-11-21T07:04:05.000Z"],
    ["2026-11-22T00:04:05+17", "2026-11-21T07:04:05.000Z"],
  ])("reads %s", (text, utc) => {
    expect(parseMoment(text)).toEqual({ ok: true, at: Date.parse(utc) });
  });

  it.each([
    ["", "format"],
    ["now", "format"],
    ["2026-11-21", "format"],
    ["1763708645", "format"],
    ["2026-11-21T15:04:05+08:00; drop", "format"],
    ["2026-11-21T15:04:05", "no_offset"],
    ["2026-02-30T15:04:05Z", "no_such_time"],
    ["2026-13-01T15:04:05Z", "no_such_time"],
    ["2026-11-21T24:04:05Z", "no_such_time"],
    ["2026-11-21T15:60:05Z", "no_such_time"],
    ["2026-11-21T15:04:05+24:00", "no_such_time"],
    ["2026-11-21T15:04:05+08:75", "no_such_time"],
  ])("refuses %j: %s", (text, problem) => {
    expect(parseMoment(text)).toEqual({ ok: false, problem });
  });

  it.each(["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "UTC"])("comes back as it was in %s", (zone) => {
    for (const iso of ["2026-11-21T15:04:05.000Z", "2026-07-01T23:59:59.999Z"]) {
      const moment = Date.parse(iso);
      expect(parseMoment(formatMoment(moment, zone))).toEqual({ ok: true, at: moment });
    }
  });

  it("is written in the reader's zone, milliseconds only where there are some", () => {
    expect(formatMoment(Date.parse("2026-11-21T07:04:05Z"), "Asia/Shanghai")).toBe("2026-11-21T15:04:05+08:00");
    expect(formatMoment(Date.parse("2026-11-21T07:04:05.040Z"), "Asia/Shanghai")).toBe("2026-11-21T15:04:05.040+08:00");
  });
});
