import type { Field } from "@/api/types";

/** How a value meets what a record has: in its place, beside it, or out of it. */
export type Way = "replace" | "add" | "take";

const SEVERAL = new Set(["multiple_choice", "tags", "users", "departments", "relation_many"]);
export const takesSeveral = (field: Field) => SEVERAL.has(field.type);

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]);
const keyOf = (item: unknown) => (typeof item === "object" && item !== null && "id" in item ? (item as { id: unknown }).id : item);
const orNothing = (items: unknown[]) => (items.length ? items : null);

export function added(before: unknown, more: unknown): unknown {
  const known = new Set(list(before).map(keyOf));
  return orNothing([...list(before), ...list(more).filter((item) => !known.has(keyOf(item)))]);
}

export function taken(before: unknown, less: unknown): unknown {
  const gone = new Set(list(less).map(keyOf));
  return orNothing(list(before).filter((item) => !gone.has(keyOf(item))));
}
