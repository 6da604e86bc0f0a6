import { expect, it } from "vitest";
import type { Layout } from "../model";
import { cleaned, dropped, nudge, placeField } from "./edit";

const layout: Layout = { highlights: ["a", "gone"], path: "gone", related: [], sections: [{ label: { en: "One" }, fields: ["a", "b"] }, { label: { en: "Two" }, fields: ["c"] }] };
const fields = (found: Layout) => found.sections.map((section) => section.fields.join(""));

it("drops a field onto another, onto a section, back onto the palette, and from it", () => {
  expect(fields(dropped(layout, "a", "c"))).toEqual(["b", "ac"]);
  expect(fields(dropped(layout, "a", "section:1"))).toEqual(["b", "ca"]);
  expect(fields(dropped(layout, "a", "palette"))).toEqual(["b", "c"]);
  expect(fields(dropped(layout, "n", "b"))).toEqual(["anb", "c"]);
  expect(dropped(layout, "a", "section:9")).toBe(layout);
});
it("moves within a section, over its edge into the next, and not out of the page", () => {
  expect(fields(nudge(layout, "a", 1))).toEqual(["ba", "c"]);
  expect(fields(nudge(layout, "b", 1))).toEqual(["a", "bc"]);
  expect(fields(nudge(layout, "c", -1))).toEqual(["abc", ""]);
  expect(nudge(layout, "c", 1)).toBe(layout);
});
it("keeps each field once and forgets those that are gone", () => {
  expect(fields(placeField(layout, "b", { section: 0, index: 0 }))).toEqual(["ba", "c"]);
  expect(cleaned(layout, new Set(["a", "b"]))).toEqual({ ...layout, highlights: ["a"], path: null, sections: [{ label: { en: "One" }, fields: ["a", "b"] }, { label: { en: "Two" }, fields: [] }] });
});
