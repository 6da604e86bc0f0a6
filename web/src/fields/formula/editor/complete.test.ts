import { expect, it } from "vitest";
import { completed, wordBefore } from "./complete";

it("takes the word before the caret with its dots, in any script", () => {
  expect(wordBefore("1 + account.ind", 15)).toEqual({ word: "account.ind", start: 4 });
  expect(wordBefore("1 + \u91d1\u989d", 6)).toEqual({ word: "\u91d1\u989d", start: 4 });
  expect(wordBefore("1 + ", 4)).toEqual({ word: "", start: 4 });
});
it("puts a function's caret into its brackets and a field's behind it", () => {
  expect(completed("1 + su * 2", 6, { text: "SUM", name: "SUM", note: "", kind: "function" })).toEqual({ text: "1 + SUM() * 2", caret: 8 });
  expect(completed("am", 2, { text: "amount", name: "Amount", note: "", kind: "field" })).toEqual({ text: "amount", caret: 6 });
});
