import { describe, expect, it } from "vitest";
import type { Catalog } from "@/api/catalog";
import type { ColorRule, RecordData } from "@/api/types";
import { askedBy, tintOf } from "./tints";

const catalog = { field: (_object: string, name: string) => ({ type: name === "amount" ? "number" : "single_choice", config: {} }) } as unknown as Catalog;
const record = (values: object) => ({ id: "1", version: 1, ...values }) as RecordData;
const won: ColorRule = { where: { field: "stage", op: "eq", value: "won" }, color: "green" };
const large: ColorRule = { where: { field: "amount", op: "gt", value: "100" }, color: "red", field: "amount" };
const tint = (rules: ColorRule[], values: object) => tintOf(rules, record(values), catalog, "deal", "me", new Date());

describe("colours", () => {
  it("are those of the first rule that holds", () => {
    expect(tint([won, { ...won, color: "red" }], { stage: "won" })).toEqual({ row: "var(--cat-green-soft)" });
    expect(tint([won], { stage: "lost" })).toBeUndefined();
  });
  it("of cells stand beside that of the row", () => {
    expect(tint([won, large], { stage: "won", amount: "200" })).toEqual({ row: "var(--cat-green-soft)", cells: { amount: "var(--cat-red-soft)" } });
  });
  it("ask for what they judge", () => {
    expect(askedBy({ and: [won.where, { not: { or: [large.where] } }] })).toEqual(["stage", "amount"]);
  });
});
