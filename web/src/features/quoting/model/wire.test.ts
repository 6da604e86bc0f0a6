import { describe, expect, it } from "vitest";
import { ranked } from "../editor/useProducts";
import { timesDecimals } from "./decimals";
import { between } from "./diff";
import { newLine } from "./lines";
import { byRate, calculatedFrom, toWire } from "./wire";

describe("lines on the wire", () => {
  it("leave out blank rows, name bundles by position and leave prices that follow to the server", () => {
    const lines = [newLine(), newLine({ key: "k", product: { id: "p", label: "Set" } }), newLine({ name: "Wheel", parent: "k", unit_price: "1,000", follows: false, discount: "" })];
    expect(toWire(lines, "CNY")).toMatchObject([
      { position: 1, product: "p", unit_price: null, bundle_position: null, quantity: "1" },
      { position: 2, product: null, unit_price: { amount: "1000", currency: "CNY" }, bundle_position: 1, discount: null },
    ]);
  });
});

describe("what was worked out", () => {
  const answer = calculatedFrom({
    lines: [{ tax_rate: "13.00", net: { amount: "100.10", currency: "CNY" }, tax: { amount: "13.01", currency: "CNY" } }, { tax_rate: "13", net: { amount: "0.20", currency: "CNY" }, tax: { amount: "0.03", currency: "CNY" } }, { tax_rate: "6", net: { amount: "1", currency: "CNY" }, tax: { amount: "0.06", currency: "CNY" } }],
    totals: { total: { amount: "114.40", currency: "CNY" } }, header: { currency: "CNY" }, largest_discount: "0", needs_approval: false,
    problems: [{ pointer: "/lines/1/quantity", message: "above 0" }, { pointer: "/currency", message: "no rate" }, { pointer: "/lines/2", message: "withdrawn" }],
  });
  it("has its problems at cells, lines and the document", () => {
    expect(answer.lines.map((line) => line.problems)).toEqual([{}, { quantity: "above 0" }, { "": "withdrawn" }]);
    expect(answer.problems).toEqual([{ field: "currency", message: "no rate" }]);
  });
  it("adds taxes by rate to the cent", () => expect(byRate(answer.lines)).toEqual([{ rate: "13.00", net: "100.30", tax: "13.04" }, { rate: "6", net: "1", tax: "0.06" }]));
});

describe("what another did", () => {
  it("is told by field and counted by line", () => {
    const before = { document: { id: "d", version: 1, name: "A", discount: "5.0000" }, lines: [{ id: "1", version: 1, quantity: "2" }, { id: "2", version: 1, quantity: "1" }] };
    const now = { document: { id: "d", version: 2, name: "B", discount: "5" }, lines: [{ id: "1", version: 2, quantity: "3" }, { id: "3", version: 1, quantity: "1" }] };
    expect(between(before, now, ["name", "discount"])).toEqual({ fields: ["name"], added: 1, removed: 1, changed: 1 });
  });
});

describe("products and quantities", () => {
  it("what is called exactly so comes first", () => {
    const of = (id: string, name: string, code: string) => ({ id, version: 1, name, code });
    expect(ranked([of("1", "Gear 19", "G-019"), of("2", "Big gear 01", "B"), of("3", "Gear 01", "G-001"), of("4", "Gear 01 pro", "X")], "gear 01").map((each) => each.id)).toEqual(["3", "4", "1", "2"]);
  });
  it("are multiplied exactly", () => expect([timesDecimals("0.1", "0.2"), timesDecimals("2", "12"), timesDecimals("-1.5", "2"), timesDecimals("x", "2")]).toEqual(["0.02", "24", "-3", "x"]));
});
