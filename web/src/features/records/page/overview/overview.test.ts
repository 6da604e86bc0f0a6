import { describe, expect, it } from "vitest";
import type { Choice, Field, ObjectType, RecordData } from "@/api/types";
import { completenessOf } from "./completeness";
import { pipelineOf, total } from "./money";
import { byRole, linesOf, peopleOf, placesOf } from "./people";

const cny = (amount: string) => ({ amount, currency: "CNY" });
const field = (api_name: string, more: Partial<Field> = {}) => ({ id: api_name, api_name, type: "text", access: "edit", config: {}, ...more }) as Field;

describe("money", () => {
  it("adds exactly, and not over currencies", () => {
    expect(total([cny("0.10"), cny("0.20"), null])).toEqual(cny("0.30"));
    expect(total([cny("1"), { amount: "1", currency: "USD" }])).toEqual({ amount: null, currency: null });
    expect(total([null])).toBeNull();
  });
  it("is won, open or to be expected by what the stages mean", () => {
    const choices = [{ key: "a", category: "open", probability: "10" }, { key: "b", category: "open", probability: "50" }, { key: "w", category: "won", probability: "100" }, { key: "l", category: "lost" }] as unknown as Choice[];
    const groups = [["a", "100"], ["b", "10"], ["w", "7"], ["l", "999"]].map(([key, amount]) => ({ key: [key], values: [cny(amount ?? "")] }));
    expect(pipelineOf({ groups, more: false }, choices)).toEqual({ won: cny("7"), open: cny("110"), weighted: cny("15") });
    expect(pipelineOf({ groups: [], more: false }, choices)).toEqual({ won: null, open: null, weighted: null });
  });
});

describe("completeness", () => {
  const type = { fields: [field("name"), field("phone"), field("city"), field("extra")] } as unknown as ObjectType;
  const required = [{ field: "name", weight: 2 }, { field: "phone", weight: 1 }, { field: "city", weight: 1 }, { field: "gone", weight: 5 }];
  it("weighs what counts and names what is missing", () => {
    const found = completenessOf(type, required, { id: "1", version: 1, name: "A", phone: "" } as RecordData);
    expect([found?.share, found?.missing.map((each) => each.api_name)]).toEqual([0.5, ["phone", "city"]]);
  });
  it("asks for nothing where nothing counts", () => {
    expect(completenessOf(type, [], { id: "1", version: 1 } as RecordData)).toBeNull();
  });
});

describe("people of a customer", () => {
  const roles = field("roles", { type: "multiple_choice", config: { choices: [{ key: "boss" }, { key: "buyer" }] } as Field["config"] });
  const above = field("reports_to", { type: "relation", config: { target: "contact" } as Field["config"] });
  const contact = { api_name: "contact", fields: [field("account"), roles, above] } as unknown as ObjectType;
  const account = { api_name: "account", layout: { related: [{ object: "gone", field: "x" }, { object: "contact", field: "account" }] } } as unknown as ObjectType;
  const people = [{ id: "1", version: 1, roles: ["buyer"], reports_to: { id: "2", label: "B" } }, { id: "2", version: 1, roles: ["buyer", "boss"] }, { id: "3", version: 1, reports_to: { id: "9", label: null } }] as RecordData[];
  it("are found by what they are to it", () => {
    expect(peopleOf([contact], account)).toEqual({ type: contact, via: contact.fields[0], roles, above });
    expect(peopleOf([], account)).toBeNull();
  });
  it("stand in a row for each role, with lines between those there", () => {
    const groups = byRole(people, roles);
    expect(groups.map((group) => [group.key, group.people.map((person) => person.id)])).toEqual([["boss", ["2"]], ["buyer", ["1"]], ["", ["3"]]]);
    expect(new Set(placesOf(groups).map(({ x, y }) => `${x},${y}`)).size).toBe(3);
    expect(linesOf(people, above)).toEqual([{ from: "2", to: "1" }]);
    expect(linesOf(people, null)).toEqual([]);
  });
});
