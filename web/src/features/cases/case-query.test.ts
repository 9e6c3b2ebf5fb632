import { describe, expect, it } from "vitest";

import { isFiltered, readCaseQuery, writeCaseQuery } from "./case-query";

const ALL = { query: "", permitItemId: "", status: "", page: 1 } as const;

describe("the list's filters in the address", () => {
  it("is the full list without any", () => {
    expect(readCaseQuery({})).toEqual(ALL);
    expect(writeCaseQuery(ALL)).toEqual({});
    expect(isFiltered(ALL)).toBe(false);
  });

  it("comes back as it was written", () => {
    const query = { query: "丰禾", permitItemId: "seeds", status: "inspected", page: 3 } as const;
    expect(readCaseQuery(writeCaseQuery(query) as Record<string, string>)).toEqual(query);
    expect(isFiltered(query)).toBe(true);
  });

  it.each(["-1", "0", "x", ""])("takes page %j for the first", (page) => {
    expect(readCaseQuery({ page }).page).toBe(1);
  });

  it("passes over a status that does not exist", () => {
    expect(readCaseQuery({ status: "burnt" }).status).toBe("");
  });
});
