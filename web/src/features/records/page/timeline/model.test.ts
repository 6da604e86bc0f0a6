import { describe, expect, it } from "vitest";
import type { TimelineItem } from "@/api/timeline";
import { byDay, EVERYTHING, isNarrowed, onceEach, pieces, plainOf, toggled } from "./model";
import { newest } from "./useActivityWrites";

const ID = "01a2024b-47bb-72da-bf49-db9c15986340";

describe("a timeline", () => {
  it("reads a comment as text and names, whatever stands in it", () => {
    expect(pieces(`看一下 @[周航](${ID})，<img src=x onerror=alert(1)> [x](javascript:alert(1))`)).toEqual([
      { text: "看一下 " }, { name: "周航", id: ID }, { text: "，<img src=x onerror=alert(1)> [x](javascript:alert(1))" },
    ]);
    expect(pieces("@[nobody](not-an-id)")).toEqual([{ text: "@[nobody](not-an-id)" }]);
    expect(plainOf(`@[Ada](${ID}) done`)).toBe("@Ada done");
    expect(pieces("")).toEqual([]);
  });
  it("shows an item once though it came on two pages", () => {
    const item = (key: string) => ({ key }) as TimelineItem;
    expect(onceEach([item("a"), item("b"), item("a")]).map(({ key }) => key)).toEqual(["a", "b"]);
  });
  it("shows the newer of what was read and what was saved here", () => {
    const read = { id: "1", version: 2, done: false };
    expect(newest(read, undefined)).toBe(read);
    expect(newest(read, { pending: null, saved: { id: "1", version: 3, done: true } })).toEqual({ id: "1", version: 3, done: true });
    expect(newest({ ...read, version: 4 }, { pending: null, saved: { id: "1", version: 3, done: true } })["done"]).toBe(false);
    expect(newest(read, { pending: { done: true }, saved: null })).toEqual({ id: "1", version: 2, done: true });
  });
  it("keeps the order within days", () => {
    const days = byDay([{ at: "2026-05-02T10:00:00" }, { at: "2026-05-02T09:00:00" }, { at: "2026-05-01T23:00:00" }]);
    expect(days.map(([day, items]) => [day, items.length])).toEqual([["2026-05-02", 2], ["2026-05-01", 1]]);
  });
  it("shows one kind, and everything again on the second click", () => {
    const calls = toggled(EVERYTHING, "call");
    expect([calls.kinds, isNarrowed(calls), isNarrowed(EVERYTHING)]).toEqual([["call"], true, false]);
    expect(toggled(calls, "visit").kinds).toEqual(["visit"]);
    expect(toggled(calls, "call").kinds).toEqual([]);
  });
});
