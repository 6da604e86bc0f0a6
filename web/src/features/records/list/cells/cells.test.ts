import { describe, expect, it } from "vitest";
import type { Field } from "@/api/types";
import { speechOf } from "@/messages";
import { parseTsv, toHtml, toTsv } from "@/features/base/clipboard";
import { done, doneAgain, MOST_STEPS, nothing, reversed, takenBack, type Step } from "./history";
import { rectOf, spread, within } from "./range";
import { cellText, sameValue } from "./values";

const rect = (top: number, left: number, bottom: number, right: number) => ({ top, left, bottom, right });

describe("tables on the clipboard", () => {
  it("reads quoted cells with tabs, line ends and quotes", () => {
    expect(parseTsv('a\t"b\nc"\t"say ""hi"""\r\n1\t2\t3\r\n')).toEqual([["a", "b\nc", 'say "hi"'], ["1", "2", "3"]]);
  });
  it("takes a quote that never closes for a character", () => {
    expect(parseTsv('"5 inch\t6\nx')).toEqual([['"5 inch', "6"], ["x"]]);
    expect(parseTsv('27" screen')).toEqual([['27" screen']]);
  });
  it("keeps empty cells and rows in between", () => {
    expect(parseTsv("a\t\n\nb\t")).toEqual([["a", ""], [""], ["b", ""]]);
  });
  it("writes what it reads", () => {
    const block = [["a\tb", "c"], ["", 'd"\n']];
    expect(parseTsv(toTsv(block))).toEqual(block);
    expect(toHtml([["<b>&"]])).toBe("<table><tr><td>&lt;b&gt;&amp;</td></tr></table>");
  });
});

describe("rectangles", () => {
  it("reach from corner to corner whichever came first", () => {
    expect(rectOf({ anchor: { row: 4, column: 2 }, head: { row: 1, column: 3 } })).toEqual(rect(1, 2, 4, 3));
    expect(within(rect(1, 2, 4, 3), 4)).toEqual([2, 3]);
    expect(within(rect(1, 2, 4, 3), 5)).toBeNull();
  });
  it("are filled by one value", () => {
    const { rect: landed, text } = spread([["x"]], rect(2, 1, 5, 3));
    expect(landed).toEqual(rect(2, 1, 5, 3));
    expect(text(5, 3)).toBe("x");
  });
  it("repeat a block that fits, and let one that does not reach beyond", () => {
    const block = [["a", "b"], ["c", "d"]];
    expect(spread(block, rect(0, 0, 3, 1)).text(3, 1)).toBe("d");
    expect(spread(block, rect(0, 0, 2, 1)).rect).toEqual(rect(0, 0, 1, 1));
    expect(spread(block, rect(7, 3, 7, 3)).rect).toEqual(rect(7, 3, 8, 4));
  });
  it("read a ragged block's missing cells as empty", () => {
    expect(spread([["a", "b"], ["c"]], rect(0, 0, 0, 0)).text(1, 1)).toBe("");
  });
});

describe("what was done", () => {
  const cells: Step = { kind: "cells", changes: [{ id: "1", path: "a", before: 1, after: 2 }] };
  const deleted: Step = { kind: "deleted", ids: ["1"] };
  it("goes back and forth", () => {
    let history = done(done(nothing, cells), deleted);
    history = takenBack(history, deleted);
    expect([history.undo, history.redo]).toEqual([[cells], [deleted]]);
    history = doneAgain(history, deleted);
    expect(history.undo).toEqual([cells, deleted]);
    expect(done(takenBack(history, deleted), cells).redo).toEqual([]);
  });
  it("forgets the oldest", () => {
    let history = nothing;
    for (let index = 0; index <= MOST_STEPS; index++) history = done(history, { kind: "deleted", ids: [String(index)] });
    expect(history.undo).toHaveLength(MOST_STEPS);
    expect(history.undo[0]).toEqual({ kind: "deleted", ids: ["1"] });
  });
  it("is reversed by its opposite", () => {
    expect(reversed(cells)).toEqual({ kind: "cells", changes: [{ id: "1", path: "a", before: 2, after: 1 }] });
    expect(reversed(deleted)).toEqual({ kind: "created", ids: ["1"] });
  });
});

describe("values", () => {
  const field = (type: string, config = {}) => ({ type, config, access: "edit" }) as Field;
  const en = speechOf("en");
  it("are copied as spreadsheets take them", () => {
    expect(cellText("1234567.50", field("number"), en)).toBe("1234567.50");
    expect(cellText({ amount: "12.00", currency: "USD" }, field("currency", { currency: "CNY" }), en)).toBe("12.00 USD");
    expect(cellText({ amount: "12.00", currency: "CNY" }, field("currency", { currency: "CNY" }), en)).toBe("12.00");
    expect(cellText("2026-05-01", field("date"), en)).toBe("2026-05-01");
    expect(cellText("won", field("single_choice", { choices: [{ key: "won", label: { en: "Won" } }] }), en)).toBe("Won");
    expect(cellText([{ id: "1", label: "A" }, { id: "2", label: "B" }], field("users"), en)).toBe("A; B");
    expect(cellText(false, field("boolean"), en)).toBe("No");
    expect(cellText(null, field("number"), en)).toBe("");
  });
  it("are the same however they are written", () => {
    expect(sameValue("12.50", "12.5")).toBe(true);
    expect(sameValue({ amount: "10.00", currency: "CNY" }, { amount: "10", currency: "CNY" })).toBe(true);
    expect(sameValue({ amount: "10", currency: "USD" }, { amount: "10", currency: "CNY" })).toBe(false);
    expect(sameValue({ id: "1", label: "A" }, { id: "1", label: "renamed" })).toBe(true);
    expect(sameValue(null, [])).toBe(true);
    expect(sameValue("", "0")).toBe(false);
    expect(sameValue("100", "1")).toBe(false);
  });
});
