import { describe, expect, it } from "vitest";
import { moveTo, nextSort } from "./grid";

describe("grid keys", () => {
  it("stays inside of the grid", () => {
    expect(moveTo("ArrowUp", { row: 0, column: 0 }, 10, 3, 5)).toEqual({ row: 0, column: 0 });
    expect(moveTo("PageDown", { row: 8, column: 1 }, 10, 3, 5)).toEqual({ row: 9, column: 1 });
    expect(moveTo("End", { row: 2, column: 0 }, 10, 3, 5)).toEqual({ row: 2, column: 2 });
    expect(moveTo("x", { row: 2, column: 0 }, 10, 3, 5)).toBeNull();
  });
});

describe("header sort", () => {
  const asc = { field: "a", direction: "asc" } as const;
  const desc = { field: "a", direction: "desc" } as const;
  it("goes ascending, descending, none", () => {
    expect(nextSort([], "a", false)).toEqual([asc]);
    expect(nextSort([asc], "a", false)).toEqual([desc]);
    expect(nextSort([desc], "a", false)).toEqual([]);
  });
  it("adds and turns with shift, keeping the others", () => {
    expect(nextSort([asc], "b", true)).toEqual([asc, { field: "b", direction: "asc" }]);
    expect(nextSort([asc, { field: "b", direction: "desc" }], "b", true)).toEqual([asc]);
  });
});
