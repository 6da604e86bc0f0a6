import { describe, expect, it } from "vitest";
import { answered, duplicated, fromRecords, isBlank, moved, newLine, offList, overSaved, removed, trimmed, unanswered, withCell, withProduct } from "./lines";
import type { Line, Worked } from "./types";

const named = (...names: string[]): Line[] => names.map((name) => newLine({ key: name, name }));
const keys = (lines: readonly Line[]) => lines.map((line) => line.name).join("");
const worked = (list_price: string | null, unit_price: string | null = list_price): Worked => ({ unit_price, list_price, price_reason: null, tax_rate: null, unit: null, amount: null, net: null, tax: null, total: null, problems: {} });

describe("rows", () => {
  it("move before another, to the end, and stay where they are", () => {
    const lines = named("a", "b", "c", "d");
    expect(keys(moved(lines, 0, 3).lines)).toBe("bcad");
    expect(keys(moved(lines, 3, 0).lines)).toBe("dabc");
    expect(keys(moved(lines, 1, 4).lines)).toBe("acdb");
    expect(keys(moved(lines, 1, 2).lines)).toBe("abcd");
    expect(moved(lines, 1, 4).at).toBe(3);
  });
  it("take the parts of a bundle along, away and twice", () => {
    const lines = [newLine({ key: "k", name: "k" }), newLine({ key: "p", name: "p", parent: "k" }), newLine({ key: "z", name: "z" })];
    expect(keys(moved(lines, 0, 3).lines)).toBe("zkp");
    expect(keys(moved(lines, 0, 1).lines)).toBe("kpz");
    expect(keys(removed(lines, new Set(["k"])))).toBe("z");
    const twice = duplicated(lines, 0);
    expect(keys(twice.lines)).toBe("kpkpz");
    expect(twice.at).toBe(2);
    expect(twice.lines[3]?.parent).toBe(twice.lines[2]?.key);
    expect(new Set(twice.lines.map((line) => line.key)).size).toBe(5);
    expect(twice.lines[2]?.id).toBeNull();
  });
});

describe("lines that were saved", () => {
  it("have what is stored, and keep what was typed meanwhile", () => {
    const taken = [newLine({ key: "a", name: "a" }), newLine(), newLine({ key: "b", name: "b" })];
    const records = [{ id: "1", version: 1, name: "a", position: 1, quantity: "1.0000" }, { id: "2", version: 1, name: "b", position: 2, quantity: "1" }];
    const now = [taken[0]!, { ...taken[2]!, quantity: "5" }, newLine({ key: "c", name: "c" })];
    expect(overSaved(now, taken, records).map((line) => [line.key, line.id, line.name, line.quantity])).toEqual([["a", "1", "a", "1"], ["b", "2", "b", "5"], ["c", null, "c", "1"]]);
  });
});

describe("lines whose product is looked up", () => {
  const line = newLine({ seeking: "M-1", quantity: "2" });
  it("get what answers to their words, and are lines of their own where nothing does", () => {
    expect(answered(line, "M-1", { id: "1", label: "Motor" })).toMatchObject({ product: { id: "1" }, seeking: undefined, name: "", quantity: "2" });
    expect(answered(line, "M-1", null)).toMatchObject({ product: null, seeking: undefined, name: "M-1" });
  });
  it("are not answered by other words, nor once somebody chose", () => {
    expect(answered(line, "M-2", { id: "1", label: "Motor" })).toBe(line);
    const chosen = withProduct(line, { id: "3", label: "Gear" });
    expect(answered(chosen, "M-1", { id: "1", label: "Motor" })).toBe(chosen);
  });
  it("are marked where their page ended before the answer", () => {
    expect(unanswered(line)).toMatchObject({ seeking: undefined, unknown: "M-1", name: "M-1" });
    const done = newLine({ name: "Delivery" });
    expect(unanswered(done)).toBe(done);
  });
});

describe("prices", () => {
  it("follow the books until one is typed, and again when it is emptied", () => {
    const line = withProduct(newLine(), { id: "1", label: "Gear" });
    expect(line.follows).toBe(true);
    const typed = withCell(line, "unit_price", "9", "10");
    expect([typed.follows, offList(typed, worked("10"))]).toEqual([false, true]);
    expect(withCell(typed, "quantity", "5", "10").unit_price).toBe("9");
    expect(withCell(typed, "unit_price", "", "10").follows).toBe(true);
  });
  it("that stood as listed go along with the quantity, others stay", () => {
    const stored = { ...newLine(), unit_price: "10", follows: false };
    expect(withCell(stored, "quantity", "100", "10.00")).toMatchObject({ follows: true, unit_price: "" });
    expect(withCell({ ...stored, unit_price: "9.5" }, "quantity", "100", "10.00")).toMatchObject({ follows: false, unit_price: "9.5" });
    expect(offList(stored, worked("10.000000"))).toBe(false);
  });
});

describe("stored lines", () => {
  it("are read as text, their parts by the position of their bundle", () => {
    const [set, part] = fromRecords([
      { id: "1", version: 1, position: "10", quantity: "2.000", unit_price: { amount: "12.500000", currency: "CNY" }, discount: null, product: { id: "p", label: "Set" } },
      { id: "2", version: 1, position: "20", bundle_position: "10", quantity: "1", unit_price: null, name: "Wheel" },
    ]);
    expect(set).toMatchObject({ key: "1", id: "1", quantity: "2", unit_price: "12.5", discount: "", parent: null });
    expect(part).toMatchObject({ parent: "1", name: "Wheel" });
    expect(trimmed("100")).toBe("100");
    expect([isBlank(newLine()), isBlank(newLine({ name: "x" }))]).toEqual([true, false]);
  });
});
