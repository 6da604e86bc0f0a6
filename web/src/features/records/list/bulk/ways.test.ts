import { describe, expect, it } from "vitest";
import { added, taken } from "./ways";

describe("values beside others", () => {
  it("are added once", () => {
    expect(added(["a"], ["b", "a"])).toEqual(["a", "b"]);
    expect(added(null, ["b"])).toEqual(["b"]);
    expect(added([{ id: "1", label: "A" }], [{ id: "1", label: "A!" }])).toEqual([{ id: "1", label: "A" }]);
  });
  it("are taken out, and leave nothing where none is left", () => {
    expect(taken(["a", "b"], ["a"])).toEqual(["b"]);
    expect(taken(["a"], ["a"])).toBeNull();
  });
});
