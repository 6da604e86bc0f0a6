import { describe, expect, it } from "vitest";
import { addressOf, fieldsOf, plainText } from "./address";

describe("the address of a button", () => {
  it("takes values encoded and stays an address", () => {
    const value = (name: string) => ({ name: "a&b=c/../?#", city: "上海" })[name] ?? "";
    expect(fieldsOf("https://x.example/?q={name}&at={city}&again={name}")).toEqual(["name", "city"]);
    expect(addressOf("https://x.example/?q={name}&at={city}", value)).toBe("https://x.example/?q=a%26b%3Dc%2F..%2F%3F%23&at=%E4%B8%8A%E6%B5%B7");
    expect(addressOf("javascript:alert(1)", value)).toBeUndefined();
    expect([plainText({ amount: "5", currency: "CNY" }), plainText([{ id: "1", label: "Ann" }, "x"]), plainText(null), plainText({ error: "cycle" })]).toEqual(["5", "Ann,x", "", ""]);
  });
});
