import { describe, expect, it } from "vitest";
import { later } from "@/features/base/later";
import { byReason, daysSince, type TodayItem } from "./model";

const item = (reason: string, id: string): TodayItem => ({ object: "lead", reason, since: null, overdue: false, actions: [], record: { id, version: 1, title: id } as never });

describe("today", () => {
  it("keeps the order of reasons and of what is under them", () => {
    const groups = byReason([item("b", "1"), item("a", "2"), item("b", "3")]);
    expect(groups.map(([reason, items]) => [reason, items.map((each) => each.record.id)])).toEqual([["b", ["1", "3"]], ["a", ["2"]]]);
  });
  it("counts whole days and none that are still to come", () => {
    const now = new Date("2026-03-10T12:00:00Z");
    expect(daysSince("2026-03-08T12:00:01Z", now)).toBe(1);
    expect(daysSince("2026-03-20T00:00:00Z", now)).toBe(0);
  });
  it("puts off to the morning of a day to come", () => {
    const now = new Date(2026, 0, 31, 22, 15);
    expect(later("hours", now).getTime() - now.getTime()).toBe(3 * 36e5);
    expect([later("tomorrow", now).getMonth(), later("tomorrow", now).getDate(), later("tomorrow", now).getHours()]).toEqual([1, 1, 9]);
    expect(later("week", now).getDate()).toBe(7);
  });
});
