import { describe, expect, it } from "vitest";
import type { Field } from "@/api/types";
import { moved, moveTo, nextSort, pinColumns, type Column } from "./grid";

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

describe("columns", () => {
  const column = (path: string, width: number): Column => ({ path, width, field: {} as Field, align: undefined, editable: true });
  const columns = [column("a", 100), column("b", 50), column("c", 70)];
  it("stay one after the other where they are pinned", () => {
    expect(pinColumns(columns, 2).map(({ left, isEdge }) => [left, isEdge])).toEqual([[40, false], [140, true], [undefined, undefined]]);
    expect(pinColumns(columns, 9).at(-1)).toMatchObject({ left: 190, isEdge: true });
    expect(pinColumns(columns, 0)).toEqual(columns);
  });
  it("move by one place and stop at the ends", () => {
    expect(moved(["a", "b", "c"], "b", 1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], "a", -1)).toEqual(["a", "b", "c"]);
  });
});
