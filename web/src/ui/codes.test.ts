import { expect, it } from "vitest";
import { codeFrom } from "./codes";

it("makes codes from Latin names and numbered ones from others, never twice", () => {
  expect(codeFrom("Warranty Period", [], "field")).toBe("warranty_period");
  expect(codeFrom("Warranty", ["warranty"], "field")).toBe("warranty_2");
  expect(codeFrom("\u4fdd\u4fee", ["field_1"], "field")).toBe("field_2");
});
