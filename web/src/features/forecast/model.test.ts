import { describe, expect, it } from "vitest";
import { difference, steps, totalOf, visible, type Line } from "./model";

const line = (id: string, above: string | null, amount = "0"): Line => ({
  id, name: id, above, depth: above ? 1 : 0, led: true, own: {}, team: { CNY: { commit: { amount, weighted: "0", count: 1 } } }, before: {}, forecast: { CNY: { commit: amount } }, judged: {},
  target: null, attained: "0", missing: null, share: null,
});

describe("the sheet", () => {
  it("hides everybody below whoever is folded", () => {
    const lines = [line("a", null), line("b", "a"), line("c", "b"), line("d", null)];
    expect(visible(lines, new Set(["a"])).map((each) => each.id)).toEqual(["a", "d"]);
  });
  it("adds up the people at the top alone, exactly", () => {
    const lines = [line("a", null, "0.1"), line("b", "a", "0.1"), line("d", null, "0.2")];
    expect(totalOf(lines, "CNY", "commit")).toEqual({ amount: "0.3", forecast: "0.3", count: 2 });
  });
  it("tells a difference without a float", () => expect(difference("0.3", "0.1")).toBe("0.2"));
});

describe("the waterfall", () => {
  it("ends each bar where the next begins, and at the closing", () => {
    const found = steps("100", "95.5", [{ kind: "new", amount: "10" }, { kind: "won", amount: "0" }, { kind: "lost", amount: "-14.5" }]);
    expect(found.map((step) => [step.key, step.from, step.to])).toEqual([["opening", 0, 100], ["new", 100, 110], ["lost", 110, 95.5], ["closing", 0, 95.5]]);
  });
});
