import { describe, expect, it } from "vitest";
import { ProblemError } from "@/api/client";
import { placed } from "./problems";

const refused = (...errors: [string, string][]) => new ProblemError({ title: "refused", status: 422, code: "invalid", errors: errors.map(([pointer, message]) => ({ pointer, code: "x", message })) });
const here = (name: string) => ["price", "lines"].includes(name);

describe("what was refused", () => {
  it("lies at its field, at its row, or at the record", () => {
    const found = placed(refused(["/price", "required"], ["/price", "again"], ["/lines/1/quantity", "too much"], ["/lines/1", "odd"], ["", "broken"], ["/gone", "unseen"]), here, "?");
    expect(found.fields).toEqual({ price: "required" });
    expect(found.rows).toEqual({ lines: { 1: { quantity: "too much", "": "odd" } } });
    expect(found.record).toEqual(["broken", "unseen"]);
  });
  it("is said of the record where no place is named", () => {
    expect(placed(refused(), here, "?").record).toEqual(["refused"]);
    expect(placed(new Error("x"), here, "?").record).toEqual(["?"]);
  });
});
