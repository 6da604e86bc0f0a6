import { describe, expect, it } from "vitest";
import { untouched } from "./write";

describe("a lost race", () => {
  it("is none where others changed other fields", () => {
    expect(untouched({ name: "A", owner: { id: "1", label: "x" } }, { name: "A", owner: { id: "1", label: "x" }, city: "changed" })).toBe(true);
  });
  it("is one where the same field was changed, also from or to nothing", () => {
    expect(untouched({ name: "A" }, { name: "B" })).toBe(false);
    expect(untouched({ city: null }, { city: "Suzhou" })).toBe(false);
    expect(untouched({ city: null }, {})).toBe(true);
  });
});
