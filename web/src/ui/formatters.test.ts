import { describe, expect, it } from "vitest";
import { formatDate, formatDateTime, formatMoney, formatNumber } from "./format";
import { momentFormat, numberFormat } from "./formatters";

describe("formatters", () => {
  it("are made once per language and options, and differ where those do", () => {
    const money = { style: "currency", currency: "CNY" } as const;
    expect(numberFormat("en", { ...money })).toBe(numberFormat("en", { ...money }));
    expect(numberFormat("zh-CN", money)).not.toBe(numberFormat("en", money));
    expect(numberFormat("en", { ...money, currency: "USD" })).not.toBe(numberFormat("en", money));
    expect(momentFormat("en", { day: "numeric" })).toBe(momentFormat("en", { day: "numeric" }));
    expect(momentFormat("en", { day: "2-digit" })).not.toBe(momentFormat("en", { day: "numeric" }));
    expect(() => numberFormat("en", { ...money, currency: "?" })).toThrow(RangeError);
  });

  it("say what fresh ones say, one language and form after the other", () => {
    for (const language of ["zh-CN", "en", "zh-CN"] as const) {
      for (const digits of [undefined, 0, 2, 3]) {
        const fresh = digits === undefined ? { maximumFractionDigits: 12 } : { minimumFractionDigits: digits > 2 ? 0 : digits, maximumFractionDigits: digits };
        for (const grouping of [true, false]) expect(formatNumber("1234567.5", language, digits, grouping)).toBe(new Intl.NumberFormat(language, { ...fresh, useGrouping: grouping }).format(1234567.5));
      }
      for (const currency of ["CNY", "USD", "JPY"]) expect(formatMoney({ amount: "12.5", currency }, language)).toBe(new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(12.5));
      expect(formatMoney({ amount: "12.5", currency: "?" }, language)).toBe("? 12.5");
      const month = language === "en" ? "short" : "long";
      expect(formatDate("1999-03-04", language)).toBe(new Intl.DateTimeFormat(language, { year: "numeric", month, day: "numeric" }).format(new Date(1999, 2, 4)));
      expect(formatDate(`${new Date().getFullYear()}-03-04`, language)).toBe(new Intl.DateTimeFormat(language, { month, day: "numeric" }).format(new Date(new Date().getFullYear(), 2, 4)));
      expect(formatDateTime("1999-03-04T10:20:00Z", language)).toContain("1999");
    }
  });
});
