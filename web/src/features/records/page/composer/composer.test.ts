import { describe, expect, it } from "vitest";
import { BLANK } from "./draft";
import { begun, completed, withIds } from "./mention";
import { stepAt, stepOf } from "./next";
import { activityOf, timesOf, titleOf } from "./plan";
import { added, templatesOf } from "./templates";

const ANN = { id: "01a2024b-47bb-72da-bf49-db9c15986340", name: "Ann" };
const ANNA = { id: "01a2024b-47bb-72da-bf49-db9c15986341", name: "Anna Li" };
const NOON = new Date(2026, 10, 22, 12);

describe("mentions", () => {
  it("begin with @ after a space, a sign or Han text, and not inside of a mail address", () => {
    expect(begun("ask @An", 7)).toEqual({ from: 4, word: "An" });
    expect(begun("@", 1)).toEqual({ from: 0, word: "" });
    expect(begun("请看@周", 4)).toEqual({ from: 2, word: "周" });
    expect(begun("ann@example", 11)).toBeNull();
    expect(begun("@Ann done", 9)).toBeNull();
  });
  it("read as names and go out with ids, the longer name first", () => {
    const typed = completed("ask @An now", 4, 7, ANNA);
    expect(typed).toEqual({ text: "ask @Anna Li  now", caret: 13 });
    expect(withIds("@Anna Li and @Ann", [ANN, ANNA])).toBe(`@[Anna Li](${ANNA.id}) and @[Ann](${ANN.id})`);
    expect(withIds("@Ann", [])).toBe("@Ann");
    expect(withIds("@a b", [{ id: ANN.id, name: "a]\nb" }])).toBe("@a b");
  });
});

describe("what is logged", () => {
  it("has its first line as title, the rest as text", () => {
    expect(titleOf(`${"长".repeat(80)}\nx`)).toHaveLength(60);
    const call = activityOf({ ...BLANK, kind: "call", text: " Reached \nwants a quote " }, {}, NOON);
    expect(call).toEqual({ title: "Reached", kind: "call", body: "Reached \nwants a quote", happened_at: NOON.toISOString() });
    expect(activityOf({ ...BLANK, text: "Short" }, {}, NOON)["body"]).toBeNull();
  });
  it("has happened, unless it is a task or a meeting to come", () => {
    const later = new Date(2026, 10, 23).toISOString();
    const earlier = new Date(2026, 10, 21).toISOString();
    expect(timesOf("task", later, NOON)).toEqual({ due_at: later });
    expect(timesOf("meeting", later, NOON)).toEqual({ due_at: later });
    expect(timesOf("meeting", earlier, NOON)).toEqual({ happened_at: earlier });
    expect(timesOf("meeting", null, NOON)).toEqual({ happened_at: NOON.toISOString() });
    expect(timesOf("visit", later, NOON)).toEqual({ happened_at: NOON.toISOString() });
  });
  it("is followed in the morning of a day, which reads as the choice it was", () => {
    expect(new Date(stepAt("tomorrow", NOON))).toEqual(new Date(2026, 10, 23, 9));
    expect([stepOf(stepAt("week", NOON), NOON), stepOf(new Date(2026, 11, 24).toISOString(), NOON)]).toEqual(["week", null]);
  });
  it("keeps what is typed when a template is taken", () => {
    expect([added("", "T:"), added("said ", "T:")]).toEqual(["T:", "said\nT:"]);
    expect(templatesOf("call")).toHaveLength(3);
    expect(templatesOf("unknown")).toEqual([]);
  });
});
