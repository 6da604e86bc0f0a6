import { expect, it } from "vitest";
import { moved, withOperation, type Operation } from "../model";
import { addition, changesOf, emptyDraft } from "./draft";

it("sends only what differs, blank texts as nothing", () => {
  const before = { ...emptyDraft, en: "Phone", zh: "Phone" };
  expect(changesOf(before, { ...before, required: true, help: { en: " " } })).toEqual({ required: true });
  expect(changesOf(before, { ...before, config: { max_length: 20 } })).toEqual({ config: { max_length: 20 } });
  expect(changesOf({ ...before, default: "x" }, before)).toEqual({ default: null });
});
it("adds a field with its label in both languages and only what was set", () => {
  expect(addition({ ...emptyDraft, en: "Floor", unique: true }, "floor")).toEqual({ api_name: "floor", type: "text", label: { "zh-CN": "Floor", en: "Floor" }, config: {}, unique: true });
});
it("joins edits of the same place in a row, and no others", () => {
  const layout = (n: number, object = "a"): Operation => ({ kind: "update_object", object, set: { layout: n } });
  const color: Operation = { kind: "update_object", object: "a", set: { color: "red" } };
  expect([layout(1), layout(2), color].reduce(withOperation, [] as Operation[])).toEqual([{ kind: "update_object", object: "a", set: { layout: 2, color: "red" } }]);
  expect([layout(1), layout(2, "b"), layout(3)].reduce(withOperation, [] as Operation[])).toHaveLength(3);
});
it("moves one member of a list", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b"], 5, 0)).toEqual(["a", "b"]);
});
