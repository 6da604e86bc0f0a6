import { describe, expect, it } from "vitest";
import { barAt, extentOf, MOST_PX, offsetAt, revealing, scrolled } from "./place";

const short = extentOf(1_000, 36, 600);
const long = extentOf(1_000_000, 36, 600);

describe("the scroll bar", () => {
  it("spans short lists as they are and long ones by scale", () => {
    expect(short.bar).toBe(36_000);
    expect(long.bar).toBe(MOST_PX);
    expect(offsetAt(MOST_PX - 600, long)).toBe(36_000_000 - 600);
    expect(barAt(offsetAt(1_234_567, long), long)).toBeCloseTo(1_234_567);
  });
  it("moves rows by as much as the wheel, and jumps where it is dragged", () => {
    expect(scrolled(0, 0, 120, short)).toBe(120);
    expect(scrolled(18_000_000, 7_500_000, 7_500_100, long)).toBe(18_000_100);
    expect(scrolled(0, 0, 7_500_000, long)).toBeCloseTo(offsetAt(7_500_000, long));
  });
  it("comes to both ends", () => {
    expect(scrolled(500, 300, 0, long)).toBe(0);
    expect(scrolled(20_000_000, MOST_PX - 700, MOST_PX - 600, long)).toBe(36_000_000 - 600);
  });
  it("never leaves the rows", () => {
    expect(scrolled(100, 500, 20, long)).toBe(0);
    expect(scrolled(35_999_300, 1_000_000, 1_000_400, long)).toBe(35_999_400);
  });
});

describe("showing a row", () => {
  it("goes no further than it must", () => {
    expect(revealing(5, 36, 0, short)).toBe(0);
    expect(revealing(20, 36, 0, short)).toBe(21 * 36 - 600);
    expect(revealing(3, 36, 400, short)).toBe(108);
    expect(revealing(999, 36, 0, short)).toBe(36_000 - 600);
  });
});
