import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { dayKey, dayOf } from "../calendar/month";
import { stepFrom } from "../split/step";
import { barOf, dragged, rangeAround, SCALE, ticksOf } from "./layout";

const range = { first: dayOf("2026-05-01"), days: 31 };
const record = (start: string | null, end: string | null = null): RecordData => ({ id: "a", version: 1, start, end });
const bar = (start: string | null, end: string | null = null) => barOf(record(start, end), "start", "end", range);

describe("a timeline", () => {
  it("lies around the day looked at", () => {
    const { first, days } = rangeAround("2026-05-31", "day");
    expect([dayKey(first), days]).toEqual(["2026-05-10", SCALE.day.before + SCALE.day.after]);
  });
  it("shows what of a record lies in it, both days included", () => {
    expect(bar("2026-05-02", "2026-05-04")).toEqual({ from: 1, length: 3, begins: "2026-05-02", ends: "2026-05-04" });
    expect(bar("2026-04-20", "2026-05-03")).toMatchObject({ from: 0, length: 3, begins: "2026-04-20" });
    expect(bar("2026-05-30", "2026-07-01")).toMatchObject({ from: 29, length: 2 });
    expect(bar("2026-05-09")).toMatchObject({ from: 8, length: 1 });
    expect(bar("2026-05-09", "2026-05-01")).toMatchObject({ from: 8, length: 1, ends: "2026-05-09" });
    expect([bar(null), bar("2026-06-01"), bar("2026-03-01", "2026-04-30")]).toEqual([null, null, null]);
  });
  it("marks months and what is below them", () => {
    const { upper, lower } = ticksOf({ first: dayOf("2026-05-20"), days: 40 }, "week", "en");
    expect(upper.map((tick) => [tick.at, tick.length])).toEqual([[0, 12], [12, 28]]);
    expect(lower.slice(0, 2).map((tick) => tick.at)).toEqual([0, 5]);
    expect(ticksOf(range, "day", "en").lower).toHaveLength(31);
  });
  it("never lets a bar end before it begins", () => {
    const lasting = { begins: "2026-05-02", ends: "2026-05-04" };
    expect([dragged("move", -3, lasting), dragged("start", 9, lasting), dragged("end", -9, lasting), dragged("end", 4, lasting)]).toEqual([{ start: -3, end: -3 }, { start: 2, end: 0 }, { start: 0, end: -2 }, { start: 0, end: 4 }]);
  });
});

describe("a split list", () => {
  it("goes up and down and not over its ends", () => {
    const ids = ["a", "b", "c"];
    expect([stepFrom(ids, "a", "ArrowDown"), stepFrom(ids, "c", "ArrowDown"), stepFrom(ids, "a", "ArrowUp"), stepFrom(ids, "b", "ArrowUp"), stepFrom(ids, undefined, "ArrowDown"), stepFrom(ids, "b", "End"), stepFrom(ids, "b", "x")]).toEqual(["b", undefined, undefined, "a", "a", "c", undefined]);
  });
});
