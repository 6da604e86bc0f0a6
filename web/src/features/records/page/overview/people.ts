import type { Field, ObjectType, RecordData } from "@/api/types";
import { isReference } from "@/fields/relation/references";

/** The object whose records are people of this one: it points here and has roles to choose. */
export interface PeopleOf {
  type: ObjectType;
  via: Field;
  roles: Field | null;
  /** To whom one reports, where there is such a field. */
  above: Field | null;
}

export function peopleOf(objects: readonly ObjectType[], of: ObjectType): PeopleOf | null {
  for (const { object, field } of of.layout.related) {
    const type = objects.find((each) => each.api_name === object);
    const via = type?.fields.find((each) => each.api_name === field);
    if (!type || !via || via.access === "masked") continue;
    const open = type.fields.filter((each) => !each.system && each.access !== "masked");
    const roles = open.find((each) => (each.type === "multiple_choice" || each.type === "single_choice") && each.api_name.startsWith("role")) ?? null;
    const above = open.find((each) => each.type === "relation" && each.config.target === type.api_name && each.api_name !== field) ?? null;
    if (roles || (above && type.fields.some((each) => each.type === "phone"))) return { type, via, roles, above };
  }
  return null;
}

export interface Group {
  key: string;
  people: RecordData[];
}

/** People by their first role in the order of the choices; those without one last. */
export function byRole(people: readonly RecordData[], roles: Field | null): Group[] {
  const order = (roles?.config.choices ?? []).map((choice) => choice.key);
  const of = (person: RecordData) => {
    const value = roles ? person[roles.api_name] : null;
    const keys = Array.isArray(value) ? value.map(String) : value ? [String(value)] : [];
    return order.find((key) => keys.includes(key)) ?? "";
  };
  return [...order, ""].map((key) => ({ key, people: people.filter((person) => of(person) === key) })).filter((group) => group.people.length > 0);
}

export interface Place {
  id: string;
  x: number;
  y: number;
}
const WIDE = 190;
const HIGH = 84;

/** A row per role; within it side by side. */
export const placesOf = (groups: readonly Group[]): Place[] => groups.flatMap((group, row) => group.people.map((person, column) => ({ id: person.id, x: column * WIDE, y: row * HIGH })));

/** Who reports to whom among these people. */
export const linesOf = (people: readonly RecordData[], above: Field | null): { from: string; to: string }[] => {
  const known = new Set(people.map((person) => person.id));
  return people.flatMap((person) => {
    const value = above ? person[above.api_name] : null;
    return isReference(value) && known.has(value.id) && value.id !== person.id ? [{ from: value.id, to: person.id }] : [];
  });
};
