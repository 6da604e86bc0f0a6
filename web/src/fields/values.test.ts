import { expect, it } from "vitest";
import { initials, formatMoney, formatNumber } from "@/ui/format";
import { normaliseNumber } from "./number";
import { readablePhone } from "./phone";
import { isWebAddress } from "./url";

it("takes numbers as people type them", () => {
  expect(normaliseNumber("\uff11\uff0c234\uff0e5")).toBe("1234.5");
  expect(normaliseNumber("1,200.50")).toBe("1200.50");
  expect(normaliseNumber(" ")).toBeNull();
});
it("keeps every digit of a decimal string", () => {
  expect(formatNumber("12345678901234567.89", "en", 2)).toBe("12,345,678,901,234,567.89");
  expect(formatMoney({ amount: "1200.5", currency: "CNY" }, "en", 2)).toBe("\u00a51,200.50");
});
it("says a share without idle zeros", () => {
  expect(formatNumber("12.0000", "en", 4)).toBe("12");
  expect(formatNumber("12.5000", "en", 4)).toBe("12.5");
});
it("reads phones in groups", () => expect(readablePhone("+8613812345678")).toBe("138 1234 5678"));
it("never makes a link of a script", () => {
  expect(isWebAddress("javascript:alert(1)")).toBe(false);
  expect(isWebAddress("https://example.com")).toBe(true);
});
it("marks people by given name and firms by their first characters", () => {
  expect(initials("\u6797\u5c0f\u6995")).toBe("\u5c0f\u6995");
  expect(initials("\u4e0a\u6d77\u534e\u8054\u79d1\u6280")).toBe("\u4e0a\u6d77");
  expect(initials("Anna Schmidt")).toBe("AS");
});
