import { describe, expect, it } from "vitest";
import { messages } from ".";
import "./designers";
import { fill } from "./translate";

describe("messages", () => {
  it("fills names, numbers and plurals", () => {
    expect(fill("{n|record|records} of {name}", { n: 1, name: "A" }, "en")).toBe("1 record of A");
    expect(fill("{n|record|records}", { n: 1234 }, "en")).toBe("1,234 records");
  });
  it("use the same placeholders in both languages", () => {
    const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();
    for (const [key, [zh, en]] of Object.entries(messages)) expect([key, names(zh)]).toEqual([key, names(en)]);
  });
  it("punctuate Chinese as Chinese", () => {
    const wrong = Object.entries(messages).filter(([, [zh]]) => /\p{Script=Han}[,:;?]/u.test(zh)).map(([key]) => key);
    expect(wrong).toEqual([]);
  });
});
