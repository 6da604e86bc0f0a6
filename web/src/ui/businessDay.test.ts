import { describe, expect, it } from "vitest";
import { businessDay, setBusinessZone } from "./format";

describe("a day of business", () => {
  it("is the workspace's, wherever one reads", () => {
    const evening = new Date("2026-11-22T20:00:00Z");
    setBusinessZone("Asia/Shanghai");
    expect(businessDay(evening)).toBe("2026-11-23");
    setBusinessZone("America/New_York");
    expect(businessDay(evening)).toBe("2026-11-22");
  });
});
