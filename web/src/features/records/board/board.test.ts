import { describe, expect, it } from "vitest";
import type { Field, ObjectType } from "@/api/types";
import type { Scope } from "@/features/base/filters/evaluate";
import { ageOf, daysSince } from "./ageing";
import { placeBeside, placeId } from "./keyboard";
import { laneFilter, lanesOf } from "./lanes";
import { mayAskMore, needsOf } from "./needs";

const NOW = Date.parse("2026-05-31T12:00:00Z");
const ago = (days: number) => new Date(NOW - days * 864e5).toISOString();
const field = (api_name: string, more: Partial<Field> = {}) => ({ api_name, type: "text", config: {}, access: "edit", required: false, readonly: false, system: false, ...more }) as Field;
const choices = (...keys: string[]) => ({ type: "single_choice", config: { choices: keys.map((key) => ({ key, label: { en: key } })) } }) as Partial<Field>;

describe("ageing", () => {
  it("warms a card by the days nobody touched it", () => {
    expect([0, 6.9, 7, 14, 29.9, 30, 400].map((days) => ageOf(ago(days), [7, 14, 30], NOW))).toEqual([0, 0, 1, 2, 2, 3, 3]);
    expect([ageOf(null, [7, 14, 30], NOW), ageOf("no day", [1, 2, 3], NOW), daysSince(ago(-3), NOW)]).toEqual([0, 0, 0]);
  });
});

describe("lanes", () => {
  const ada = { id: "a", label: "Ada" };
  it("gather counts by column, people with the most first and nobody last", () => {
    const lanes = lanesOf(field("owner", { type: "user" }), [
      { key: [null, "new"], values: [9] }, { key: [{ id: "b", label: "Bo" }, "new"], values: ["2"] }, { key: [ada, "new"], values: [1] }, { key: [ada, null], values: [4] },
    ]);
    expect(lanes.map((lane) => [lane.key, lane.total])).toEqual([["a", 5], ["b", 2], ["none", 9]]);
    expect([lanes[0]?.counts.get(null), lanes[0]?.counts.get("won")]).toEqual([4, undefined]);
  });
  it("of a choice stand in its order", () => {
    const lanes = lanesOf(field("source", choices("web", "fair")), [{ key: ["fair", "new"], values: [9] }, { key: ["web", "new"], values: [1] }]);
    expect(lanes.map((lane) => lane.key)).toEqual(["web", "fair"]);
  });
  it("are asked for by id", () => {
    expect(laneFilter(field("owner"), ada)).toEqual({ field: "owner", op: "eq", value: "a" });
    expect(laneFilter(field("owner"), null)).toEqual({ field: "owner", op: "is_empty" });
  });
});

describe("the keyboard", () => {
  it("goes from place to place and not over the edge", () => {
    const from = placeId(1, 1);
    const towards = (key: string) => placeBeside(from, key, 2, 3);
    expect(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter"].map(towards)).toEqual([placeId(1, 0), placeId(1, 2), placeId(0, 1), placeId(1, 1), null]);
    expect(placeBeside("elsewhere", "ArrowLeft", 2, 3)).toBeNull();
  });
});

describe("what a column asks for", () => {
  const stage = field("stage", choices("open", "lost"));
  const reason = field("loss_reason", { required_when: { field: "stage", op: "eq", value: "lost" } });
  const doubtful = field("doubtful", { required_when: { field: "unknown", op: "eq", value: 1 } });
  const type = { fields: [field("name", { required: true }), stage, reason, doubtful, field("number", { required: true, readonly: true })] } as ObjectType;
  const scope = (values: Record<string, unknown>): Scope => ({ field: (name) => type.fields.find((each) => each.api_name === name), values, me: "me", now: new Date(NOW) });
  const asked = (values: Record<string, unknown>) => needsOf(type, scope(values)).map((each) => each.api_name);
  it("is what its condition requires and is empty, no more", () => {
    expect([asked({ name: "A", stage: "lost" }), asked({ name: "A", stage: "open" }), asked({ name: "A", stage: "lost", loss_reason: "x" })]).toEqual([["loss_reason"], [], []]);
    expect(asked({ stage: "open" })).toEqual(["name"]);
  });
  it("needs the whole record only where a condition stands", () => {
    expect([mayAskMore(type, "stage"), mayAskMore({ fields: [stage] } as ObjectType, "stage")]).toEqual([true, false]);
  });
});
