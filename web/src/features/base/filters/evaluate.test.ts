import { describe, expect, it } from "vitest";
import type { Field, Filter } from "@/api/types";
import { compareDecimals, sumDecimals } from "@/ui/decimal";
import { evaluate, judge, type Scope } from "./evaluate";

const types: Record<string, string> = { kind: "single_choice", tags: "multiple_choice", price: "number", total: "currency", starts: "date", at: "datetime", done: "boolean", owner: "user", account: "relation", note: "text", team: "users" };
const scope = (values: Record<string, unknown>): Scope => ({
  field: (name) => (name === "margin" ? { type: "formula", config: { result: "number" } } : types[name] ? ({ type: types[name], config: {} } as Field) : undefined),
  values,
  me: "u1",
  now: new Date(2026, 4, 20, 9, 30),
});
const holds = (field: string, op: string, value: unknown, held: unknown) => evaluate({ field, op, value }, scope({ [field]: held }));

describe("filters over values of a form", () => {
  it("compares each kind by its plain part", () => {
    expect(holds("price", "eq", 10, "10.00")).toBe(true);
    expect(holds("price", "gt", "9", "1,000")).toBe(true);
    expect(holds("price", "lt", "9007199254740993", "9007199254740992")).toBe(true);
    expect(holds("total", "gte", { amount: "5", currency: "CNY" }, { amount: "5.0", currency: "USD" })).toBe(true);
    expect(holds("starts", "lt", "2026-05-02", "2026-05-01")).toBe(true);
    expect(holds("at", "eq", "2026-05-01T08:00:00+08:00", "2026-05-01T00:00:00Z")).toBe(true);
    expect(holds("done", "eq", true, true)).toBe(true);
    expect(holds("account", "eq", "a1", { id: "a1", label: "Acme" })).toBe(true);
    expect(holds("margin", "between", ["1", "2"], "1.5")).toBe(true);
    expect(holds("note", "contains", "AB", "cabin")).toBe(true);
    expect(holds("note", "starts_with", "ab", "cabin")).toBe(false);
  });
  it("is false of what is empty, and true of its complement", () => {
    for (const op of ["eq", "lt", "gt", "contains"]) expect(holds("note", op, "x", null)).toBe(false);
    for (const op of ["ne", "not_contains"]) expect(holds("note", op, "x", "")).toBe(true);
    expect(holds("kind", "not_in", ["a"], null)).toBe(true);
    expect(holds("kind", "in", ["a", "b"], "b")).toBe(true);
    expect(holds("margin", "gt", "1", { error: "division" })).toBe(false);
    expect(holds("margin", "is_empty", undefined, { error: "division" })).toBe(true);
    expect(holds("tags", "is_not_empty", undefined, [])).toBe(false);
    expect(holds("price", "gt", "1", "no number")).toBe(false);
  });
  it("compares sets, and knows who I am", () => {
    expect(holds("tags", "any_of", ["a", "c"], ["a", "b"])).toBe(true);
    expect(holds("tags", "all_of", ["a", "c"], ["a", "b"])).toBe(false);
    expect(holds("tags", "none_of", ["a"], null)).toBe(true);
    expect(holds("owner", "eq", "me", { id: "u1", label: "I" })).toBe(true);
    expect(holds("owner", "in", ["me"], { id: "u2", label: "You" })).toBe(false);
    expect(holds("team", "any_of", ["me"], [{ id: "u1", label: "I" }])).toBe(true);
  });
  it("knows the named periods", () => {
    expect(holds("starts", "within", "this_week", "2026-05-18")).toBe(true);
    expect(holds("starts", "within", "this_week", "2026-05-25")).toBe(false);
    expect(holds("starts", "within", "last_7_days", "2026-05-14")).toBe(true);
    expect(holds("starts", "within", "this_quarter", "2026-06-30")).toBe(true);
    expect(holds("starts", "within", "past", "2026-05-20")).toBe(false);
    expect(holds("starts", "within", "future", "2026-05-21")).toBe(true);
    expect(holds("at", "within", "today", new Date(2026, 4, 20, 23, 59).toISOString())).toBe(true);
  });
  it("leaves to the server what it cannot judge, also behind a not", () => {
    const odd: Filter = { field: "note", op: "sounds_like", value: "x" };
    const no: Filter = { field: "note", op: "eq", value: "y" };
    expect(judge({ not: odd }, scope({}))).toBeUndefined();
    expect(evaluate({ not: odd }, scope({}))).toBe(true);
    expect(evaluate({ and: [odd, no] }, scope({ note: "x" }))).toBe(false);
    expect(judge({ or: [odd, no] }, scope({ note: "y" }))).toBe(true);
    expect(judge({ field: "owner", op: "in", value: ["my_subordinates"] }, scope({ owner: { id: "u2" } }))).toBeUndefined();
    expect(judge({ some: { relation: "contact.account" } }, scope({}))).toBeUndefined();
    expect(judge({ field: "gone", op: "eq", value: 1 }, scope({}))).toBeUndefined();
  });
});

describe("decimals", () => {
  it("are exact", () => {
    expect(compareDecimals("0.1", "0.10")).toBe(0);
    expect(compareDecimals("-2", "-1.5")).toBe(-1);
    expect(compareDecimals("x", "1")).toBeNull();
    expect(sumDecimals(["0.1", "0.2"])).toBe("0.3");
    expect(sumDecimals(["-1", "0.25", ""])).toBe("-0.75");
    expect(sumDecimals([""])).toBeNull();
  });
});
