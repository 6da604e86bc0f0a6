import { describe, expect, it } from "vitest";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { dayAfter, endValue, entriesOf, shiftedBy, withRepeats } from "./entries";
import { dayKey, dayOf } from "./month";
import { occurrences, type Rule } from "./recurrence";

const field = (api_name: string, type = "datetime") => ({ api_name, type, config: {}, access: "edit", operators: ["eq"] }) as unknown as Field;
const activity = { api_name: "activity", fields: ["repeats", "repeat_until", "done"].map((name) => field(name, "text")) } as ObjectType;
const days = (rule: Rule, start: string, from: string, to: string, until: string | null = null) => occurrences(dayOf(start), rule, until ? dayOf(until) : null, dayOf(from), dayOf(to)).map(dayKey);

describe("what repeats", () => {
  it("comes again by its rule, after its beginning", () => {
    expect(days("daily", "2026-05-29", "2026-05-01", "2026-06-02")).toEqual(["2026-05-30", "2026-05-31", "2026-06-01"]);
    expect(days("weekdays", "2026-05-28", "2026-05-28", "2026-06-03")).toEqual(["2026-05-29", "2026-06-01", "2026-06-02"]);
    expect(days("weekly", "2026-05-01", "2026-05-08", "2026-05-23")).toEqual(["2026-05-08", "2026-05-15", "2026-05-22"]);
    expect(days("fortnightly", "2026-05-01", "2026-05-02", "2026-06-01")).toEqual(["2026-05-15", "2026-05-29"]);
    expect(days("yearly", "2024-02-29", "2025-01-01", "2029-01-01")).toEqual(["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
  });
  it("keeps its day of the month where the month has it", () => {
    expect(days("monthly", "2026-01-31", "2026-02-01", "2026-06-01")).toEqual(["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
  });
  it("ends with its last day", () => {
    expect(days("daily", "2026-05-01", "2026-05-01", "2026-06-01", "2026-05-03")).toEqual(["2026-05-02", "2026-05-03"]);
  });
  it("keeps its time of day", () => {
    const [next] = occurrences(new Date(2026, 4, 1, 9, 30), "weekly", null, dayOf("2026-05-02"), dayOf("2026-06-01"));
    expect([next?.getHours(), next?.getMinutes()]).toEqual([9, 30]);
  });
});

describe("entries of a calendar", () => {
  const record = (more: Record<string, unknown>): RecordData => ({ id: "a", version: 1, ...more });
  const entries = (type: ObjectType, ...records: RecordData[]) => entriesOf(type, records, field("due_at"), field("ends_at"), dayOf("2026-05-01"), dayOf("2026-05-31"));
  const due = new Date(2026, 4, 20, 9).toISOString();
  const ends = new Date(2026, 4, 20, 10).toISOString();
  it("are the records, and the later times of those that repeat and are not done", () => {
    expect(entries(activity, record({ due_at: due, repeats: "weekly" })).map((entry) => [entry.id, entry.isRepeat])).toEqual([["a", false], ["a@2026-05-27", true]]);
    expect(entries(activity, record({ due_at: due, repeats: "weekly", done: true }))).toHaveLength(1);
    expect(entries(activity, record({ due_at: due, repeats: "none" }), record({ due_at: null, repeats: "daily" }))).toHaveLength(1);
    expect(entries({ ...activity, api_name: "rental" }, record({ due_at: due, repeats: "daily" }))).toHaveLength(1);
  });
  it("last as long each time", () => {
    const [, again] = entries(activity, record({ due_at: due, ends_at: ends, repeats: "weekly" }));
    expect(again?.end?.getHours()).toBe(10);
  });
  it("cover the last day, and nothing that ends before it begins", () => {
    const day = (more: Record<string, unknown>) => entriesOf({ ...activity, api_name: "rental" }, [record(more)], field("from", "date"), field("to", "date"), dayOf("2026-05-01"), dayOf("2026-05-31"))[0];
    expect(dayKey(day({ from: "2026-05-02", to: "2026-05-04" })?.end ?? new Date(0))).toBe("2026-05-05");
    expect([day({ from: "2026-05-02", to: "2026-05-01" })?.end, day({ from: "2026-05-02" })?.allDay]).toEqual([null, true]);
    expect(endValue(field("to", "date"), dayOf("2026-05-05"))).toBe("2026-05-04");
  });
  it("of more than a day are one bar over the days they touch", () => {
    const lasting = (end: Date) => entries(activity, record({ due_at: due, ends_at: end.toISOString() }))[0];
    expect([lasting(new Date(2026, 4, 20, 18))?.spans, lasting(new Date(2026, 4, 22, 9))?.spans]).toEqual([false, true]);
    expect([dayKey(dayAfter(new Date(2026, 4, 22, 9))), dayKey(dayAfter(dayOf("2026-05-22")))]).toEqual(["2026-05-23", "2026-05-22"]);
  });
  it("are asked for with rules from before", () => {
    expect(JSON.stringify(withRepeats(activity, field("due_at"), undefined, dayOf("2026-05-01"), dayOf("2026-05-31")))).toContain('"repeats","op":"is_not_empty"');
    expect(JSON.stringify(withRepeats({ ...activity, api_name: "rental" }, field("due_at"), undefined, dayOf("2026-05-01"), dayOf("2026-05-31")))).not.toContain("repeats");
  });
  it("move by days and time", () => {
    expect(shiftedBy(due, field("due_at"), 1, 18e5)).toBe(new Date(2026, 4, 21, 9, 30).toISOString());
    expect(shiftedBy("2026-05-20", field("from", "date"), -1, 18e5)).toBe("2026-05-19");
  });
});
