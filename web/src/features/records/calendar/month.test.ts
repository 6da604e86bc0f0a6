import { describe, expect, it } from "vitest";
import type { Field } from "@/api/types";
import { dayKey, dayOf, inRange, isMonth, plusMonths, shifted, weeksOf } from "./month";

const field = (name: string, type = "date") => ({ api_name: name, type, config: {} }) as Field;

describe("a month", () => {
  it("is the weeks it touches, from Monday", () => {
    const weeks = weeksOf("2026-02");
    expect([dayKey(weeks[0]![0]!), dayKey(weeks.at(-1)![6]!)]).toEqual(["2026-01-26", "2026-03-01"]);
    expect(weeksOf("2026-05")).toHaveLength(5);
    expect([plusMonths("2026-01", -1), plusMonths("2026-12", 1)]).toEqual(["2025-12", "2027-01"]);
    expect([isMonth("2026-13"), isMonth("2026-09"), isMonth(3)]).toEqual([false, true, false]);
  });
  it("asks for what lies in it, and for what reaches into it", () => {
    const [first, last] = [dayOf("2026-05-01"), dayOf("2026-05-31")];
    expect(inRange(field("start"), undefined, first, last)).toEqual({ and: [{ field: "start", op: "lte", value: "2026-05-31" }, { field: "start", op: "gte", value: "2026-05-01" }] });
    expect(JSON.stringify(inRange(field("start"), field("end"), first, last))).toContain('"or"');
    expect(inRange(field("at", "datetime"), undefined, first, last)).toMatchObject({ and: [{ op: "lt", value: dayOf("2026-06-01").toISOString() }, {}] });
  });
  it("moves a value by days", () => {
    expect(shifted("2026-02-27", field("start"), 3)).toBe("2026-03-02");
    expect(shifted(new Date(2026, 1, 27, 9, 30).toISOString(), field("at", "datetime"), -1)).toBe(new Date(2026, 1, 26, 9, 30).toISOString());
    expect(shifted(null, field("start"), 3)).toBeNull();
  });
});
