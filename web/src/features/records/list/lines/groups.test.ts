import { describe, expect, it } from "vitest";
import type { Field } from "@/api/types";
import { speechOf } from "@/messages";
import { groupFilter, groupKey, groupText } from "./groups";

const field = (type: string) => ({ api_name: "f", type, config: {}, access: "edit" }) as unknown as Field;

describe("groups", () => {
  it("are asked for by their value", () => {
    expect(groupFilter(field("single_choice"), "won")).toEqual({ field: "f", op: "eq", value: "won" });
    expect(groupFilter(field("user"), { id: "u1", label: "A" })).toEqual({ field: "f", op: "eq", value: "u1" });
    expect(groupFilter(field("boolean"), false)).toEqual({ field: "f", op: "eq", value: false });
    expect(groupFilter(field("date"), null)).toEqual({ field: "f", op: "is_empty" });
  });
  it("of days reach to the next month", () => {
    expect(groupFilter(field("date"), "2026-12-01")).toEqual({ and: [{ field: "f", op: "gte", value: "2026-12-01" }, { field: "f", op: "lt", value: "2027-01-01" }] });
    expect(groupText(field("date"), "2026-05-01", speechOf("en"))).toBe("May 2026");
  });
  it("have keys that tell nothing from something", () => {
    expect(new Set([null, "null", false, { id: "u1", label: "x" }].map(groupKey)).size).toBe(4);
    expect(groupKey({ id: "u1", label: "x" })).toBe(groupKey({ id: "u1", label: "renamed" }));
  });
});
