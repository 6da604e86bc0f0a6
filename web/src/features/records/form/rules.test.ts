import { describe, expect, it } from "vitest";
import type { Field, ObjectType } from "@/api/types";
import { isLocked, isRequired, isShown, layoutOf, narrowed, settle } from "./rules";

const field = (name: string, more: Partial<Field> = {}): Field => ({ api_name: name, type: "single_choice", label: {}, config: {}, required: false, ...more }) as Field;
const choice = (key: string, ...when: string[]) => ({ key, label: {}, when });
const kind = field("kind");
const tariff = field("tariff", { config: { depends_on: "kind", choices: [choice("day", "paid"), choice("trial")] } });
const extra = field("extra", { type: "multiple_choice", config: { depends_on: "tariff", choices: [choice("fuel", "day"), choice("driver")] } });
const fields = [kind, tariff, extra];
const scope = (values: Record<string, unknown>) => ({ field: (name: string) => fields.find((each) => each.api_name === name), values, me: "u", now: new Date() });
const paid = { field: "kind", op: "eq", value: "paid" };
const unknown = { field: "withheld", op: "eq", value: 1 };

describe("rules of a form", () => {
  it("offers what fits and keeps the name of what does not", () => {
    const offered = (values: Record<string, unknown>) => narrowed(tariff, values).config.choices?.filter((each) => !each.archived).map((each) => each.key);
    expect(offered({ kind: "paid" })).toEqual(["day", "trial"]);
    expect(offered({ kind: "free" })).toEqual(["trial"]);
    expect(narrowed(tariff, {}).config.choices).toHaveLength(2);
  });
  it("clears down the line what no longer fits, and says so", () => {
    const found = settle(fields, { kind: "free", tariff: "day", extra: ["fuel", "driver"] }, "kind");
    expect(found.values).toEqual({ kind: "free", tariff: null, extra: ["driver"] });
    expect(found.cleared.map((each) => each.api_name)).toEqual(["tariff", "extra"]);
    expect(settle(fields, { kind: "paid", tariff: "day" }, "kind").cleared).toEqual([]);
  });
  it("shows and requires what it cannot judge, and locks only what it can", () => {
    expect(isShown({ visible_when: paid }, scope({ kind: "free" }))).toBe(false);
    expect(isShown({ visible_when: unknown }, scope({}))).toBe(true);
    expect(isRequired(field("x", { required_when: paid }), scope({ kind: "paid" }))).toBe(true);
    expect(isLocked(field("x", { readonly_when: paid }), scope({ kind: "paid" }))).toBe(true);
    expect(isLocked(field("x", { readonly_when: unknown }), scope({}))).toBe(false);
  });
  it("takes the layout of the record type", () => {
    const plain = { sections: [] };
    const own = { sections: [{ fields: ["a"] }] };
    const type = { layout: plain, record_type_field: "kind", record_type_layouts: { paid: own } } as unknown as ObjectType;
    expect(layoutOf(type, { kind: "paid" })).toBe(own);
    expect(layoutOf(type, { kind: "free" })).toBe(plain);
  });
});
