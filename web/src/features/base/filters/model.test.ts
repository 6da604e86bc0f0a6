import { describe, expect, it } from "vitest";
import type { Filter, Operator } from "@/api/types";
import { both, fromFilter, isComplete, newGroup, newRule, replaceNode, reshape, toFilter } from "./model";

const operator = (arity: Operator["arity"], input: Operator["input"] = "value"): Operator => ({ label: {}, arity, input });
const operators = { eq: operator("one"), in: operator("many"), between: operator("two"), is_empty: operator("none"), within: operator("one", "period") };

describe("filter model", () => {
  it("gives back the filter it was made from", () => {
    const filter: Filter = { and: [{ field: "city", op: "eq", value: "x" }, { or: [{ field: "a", op: "is_empty" }, { field: "b", op: "in", value: [1] }] }] };
    expect(toFilter(fromFilter(filter), operators)).toEqual(filter);
  });
  it("carries along what it cannot draw", () => {
    const filter: Filter = { and: [{ not: { field: "a", op: "eq", value: 1 } }, { some: { relation: "contact.account" } }] };
    expect(toFilter(fromFilter(filter), operators)).toEqual(filter);
  });
  it("leaves half-typed rules out", () => {
    expect(toFilter(newGroup("and", [newRule("a", "eq", ""), newRule("b", "in", [])]), operators)).toBeNull();
    expect(isComplete(newRule("a", "between", ["1", null]), operators.between)).toBe(false);
    expect(isComplete(newRule("a", "eq", false), operators.eq)).toBe(true);
  });
  it("removes a node and the group it emptied", () => {
    const rule = newRule("a", "eq", 1);
    expect(replaceNode(newGroup("and", [newGroup("or", [rule])]), rule.id, null).nodes).toEqual([]);
  });
  it("keeps a value when the operator allows it", () => {
    expect(reshape("x", operators.eq, operators.in)).toEqual(["x"]);
    expect(reshape(["x", "y"], operators.in, operators.eq)).toBe("x");
    expect(reshape("x", operators.eq, operators.within)).toBeNull();
  });
  it("joins filters without nesting a single one", () => {
    const a: Filter = { field: "a", op: "eq", value: 1 };
    expect(both(null, a)).toBe(a);
    expect(both(null, undefined)).toBeNull();
    expect(both(a, a)).toEqual({ and: [a, a] });
  });
});
