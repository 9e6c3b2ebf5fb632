import { expect, it } from "vitest";

import type { Schema } from "@/api/client";

import { byArea } from "./by-area";

const point = (position: number, area: string) => ({ id: String(position), position, area }) as Schema<"ChecklistItemView">;

it("keeps the order of the route and joins neighbours only", () => {
  const groups = byArea([point(3, "仓库"), point(1, "厂房"), point(2, "厂房"), point(4, "厂房")]);
  expect(groups.map((group) => [group.area, group.points.map((one) => one.position)])).toEqual([
    ["厂房", [1, 2]],
    ["仓库", [3]],
    ["厂房", [4]],
  ]);
});
