import { describe, expect, it } from "vitest";
import { parseTsv } from "@/features/base/clipboard";
import { linesOf, matched, readNumber } from "./paste";

const products = [{ id: "1", name: "Gear", code: "G-1" }, { id: "2", name: "G-1", code: null }, { id: "3", name: "齿轮", code: "CL" }];

describe("numbers of a spreadsheet", () => {
  it("lose what only shows them", () => {
    expect(["1,234.50", "¥ 12", "５％", "$1,000", "12.", ".5"].map(readNumber)).toEqual(["1234.50", "12", "5", "1000", "12", ".5"]);
  });
  it("that are none stay to be seen", () => expect(readNumber("about 3")).toBe("about 3"));
});

describe("pasted rows", () => {
  it("are product, quantity, price, discount and tax in that order", () => {
    const [line] = matched(linesOf(parseTsv("G-1\t1,200\t9.90\t5%\t13")), products);
    expect(line).toMatchObject({ quantity: "1200", unit_price: "9.90", discount: "5", tax_rate: "13", follows: false });
  });
  it("go by their names where a row of names leads", () => {
    const lines = matched(linesOf(parseTsv("数量\t品名\n3\t齿轮\n4\tcl")), products);
    expect(lines.map((line) => [line.quantity, line.product?.id, line.follows])).toEqual([["3", "3", true], ["4", "3", true]]);
  });
  it("find products by code before name, and keep what they do not find", () => {
    const lines = matched(linesOf(parseTsv("g-1\nWidget\t2\n\t\n")), products);
    expect(lines.map((line) => [line.product?.id ?? null, line.unknown ?? null, line.quantity])).toEqual([["1", null, "1"], [null, "Widget", "2"]]);
    expect(lines[1]?.name).toBe("Widget");
  });
});
