import { describe, expect, it } from "vitest";

import { findTyped } from "./clock-entry";

const at = (iso: string): number => Date.parse(iso);
const zone = "Asia/Shanghai";
const afternoon = { startMs: at("2026-11-21T15:00:00.400+08:00"), endMs: at("2026-11-21T15:20:00+08:00") };

describe("a typed clock time", () => {
  it.each([
    ["15:04:05", "2026-11-21T15:04:05+08:00"],
    [" 15:04 ", "2026-11-21T15:04:00+08:00"],
    ["150405", "2026-11-21T15:04:05+08:00"],
    ["１５：０４：０５", "2026-11-21T15:04:05+08:00"],
    ["2026-11-21 15:04:05", "2026-11-21T15:04:05+08:00"],
  ])("%s is found in the reader's zone", (text, iso) => {
    expect(findTyped(text, afternoon, afternoon.startMs, zone)).toEqual({ ok: true, at: at(iso) });
  });

  it.each([
    ["", "format"],
    ["15", "format"],
    ["25:00", "format"],
    ["15:61", "format"],
    ["2026-02-30 15:04:05", "format"],
    ["15:20:01", "outside"],
    ["03:04:05", "outside"],
    ["2026-11-20 15:04:05", "outside"],
  ])("%j is refused: %s", (text, problem) => {
    expect(findTyped(text, afternoon, afternoon.startMs, zone)).toEqual({ ok: false, problem });
  });

  it("is the start for the second in which the record begins", () => {
    expect(findTyped("15:00:00", afternoon, afternoon.endMs, zone)).toEqual({ ok: true, at: afternoon.startMs });
  });

  it("belongs to the next day after midnight", () => {
    const night = { startMs: at("2026-11-21T23:50:00+08:00"), endMs: at("2026-11-22T00:10:00+08:00") };
    expect(findTyped("00:05:00", night, night.startMs, zone)).toEqual({
      ok: true,
      at: at("2026-11-22T00:05:00+08:00"),
    });
    expect(findTyped("23:55:00", night, night.endMs, zone)).toEqual({ ok: true, at: at("2026-11-21T23:55:00+08:00") });
  });

  it("is the occurrence nearest to the reader when the clock showed it twice", () => {
    const twice = { startMs: at("2026-10-24T23:30:00Z"), endMs: at("2026-10-25T02:30:00Z") };
    expect(findTyped("02:30", twice, twice.startMs, "Europe/Berlin")).toEqual({
      ok: true,
      at: at("2026-10-25T00:30:00Z"),
    });
    expect(findTyped("02:30", twice, twice.endMs, "Europe/Berlin")).toEqual({
      ok: true,
      at: at("2026-10-25T01:30:00Z"),
    });
  });
});
