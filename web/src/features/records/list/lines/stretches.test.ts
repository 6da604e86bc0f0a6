import { describe, expect, it } from "vitest";
import { cursorOf, whole, windowAt, windowOf, windowsOf } from "./stretches";

const million = { count: 1_000_000, every: 5_000, cursors: Array.from({ length: 200 }, (_, index) => `c${index}`) };

describe("a million rows", () => {
  it("lie in windows that never reach over a stretch", () => {
    expect(windowAt(0, million)).toEqual({ stretch: 0, index: 0, start: 0, size: 80 });
    expect(windowAt(4_999, million)).toEqual({ stretch: 0, index: 62, start: 4_960, size: 40 });
    expect(windowAt(5_000, million)).toEqual({ stretch: 1, index: 0, start: 5_000, size: 80 });
    expect(windowAt(999_999, million).start + windowAt(999_999, million).size).toBe(1_000_000);
  });
  it("are covered without a gap", () => {
    const windows = windowsOf(4_900, 5_100, million);
    expect(windows.map((window) => window.start)).toEqual([4_880, 4_960, 5_000, 5_080]);
    windows.slice(1).forEach((window, at) => expect(windows[at]!.start + windows[at]!.size).toBe(window.start));
  });
  it("are read after the cursor before them", () => {
    expect(cursorOf(windowAt(0, million), million, undefined)).toBeNull();
    expect(cursorOf(windowAt(5_000, million), million, undefined)).toBe("c0");
    expect(cursorOf(windowAt(5_080, million), million, undefined)).toBeUndefined();
    expect(cursorOf(windowAt(5_160, million), million, ["p0", "p1"])).toBe("p1");
  });
  it("have windows that grow where one answer could not name them all", () => {
    expect(windowOf({ every: 5_000 })).toBe(80);
    expect(windowOf({ every: 50_000 })).toBe(250);
  });
});

it("a short list is one stretch", () => {
  expect(whole({ count: 6_000, every: 30, cursors: ["a"] })).toEqual({ count: 6_000, every: 6_000, cursors: [] });
  expect(whole(million)).toBe(million);
});
