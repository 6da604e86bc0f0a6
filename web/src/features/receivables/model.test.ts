import { describe, expect, it } from "vitest";
import { daysLate, isAmount, minus, percentOf, plain, shareOf, typed } from "./model";

describe("money of receivables", () => {
  it("shares a whole half up, without floats", () => {
    expect(shareOf("1000.01", "30")).toBe("300.00");
    expect(shareOf("0.05", "50")).toBe("0.03");
    expect(shareOf("99999999999999.99", "33.3333")).toBe("33333300000000.00");
    expect(shareOf("101", "50", 0)).toBe("51");
  });
  it("says how many percent an amount is", () => {
    expect(percentOf("1000.00", "333.33")).toBe("33.333");
    expect(percentOf("3", "1", 0)).toBe("33.3333");
    expect(percentOf("0", "1")).toBe("0");
  });
  it("takes amounts off exactly", () => {
    expect(minus("0.30", ["0.10", "0.20"])).toBe("0.00");
    expect(minus("1", ["2.5"])).toBe("-1.5");
  });
  it("reads what people type", () => {
    expect(typed("１，２３４.５")).toBe("1234.5");
    expect(isAmount("1,234.50")).toBe(true);
    expect(isAmount("-1")).toBe(false);
    expect(plain({ amount: "5", currency: "CNY" })).toBe("5");
  });
  it("counts days late by the calendar", () => {
    expect(daysLate("2026-03-28", "2026-04-01")).toBe(4);
    expect(daysLate("2026-04-01", "2026-04-01")).toBe(0);
    expect(daysLate(null, "2026-04-01")).toBe(0);
  });
});
