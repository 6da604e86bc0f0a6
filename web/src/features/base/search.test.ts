import { expect, it } from "vitest";
import { parseListSearch } from "./search";

it("keeps what is well formed and leaves out the rest", () => {
  expect(parseListSearch({ view: "v", where: null, sort: [{ field: "a", direction: "asc" }, 3], q: 42, other: 1 })).toEqual({ view: "v", where: null, sort: [{ field: "a", direction: "asc" }], q: "42" });
  expect(parseListSearch({ where: "x", sort: "y" })).toEqual({});
});
