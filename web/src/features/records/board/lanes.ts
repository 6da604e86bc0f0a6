import type { AggregateResult, Field, Filter, ObjectType } from "@/api/types";

/** Records that share a value, across all columns. */
export interface Lane {
  key: string;
  value: unknown;
  /** How many cards it has in each column, by the column's choice. */
  counts: ReadonlyMap<string | null, number>;
  total: number;
}

const idOf = (value: unknown): unknown => (typeof value === "object" && value !== null && "id" in value ? (value as { id: unknown }).id : (value ?? null));
export const laneKey = (value: unknown): string => String(idOf(value) ?? "none");

/** What a board may be cut by: who has it, or a choice that does not make the columns. */
export const laneFields = (type: ObjectType, groupBy: string): Field[] =>
  type.fields.filter((field) => field.access !== "masked" && field.groupable && field.api_name !== groupBy && (field.type === "single_choice" || field.type === "user") && (!field.system || field.api_name === "owner"));

export function laneFilter(field: Field, value: unknown): Filter {
  const id = idOf(value);
  return id === null ? { field: field.api_name, op: "is_empty" } : { field: field.api_name, op: "eq", value: id };
}

/** Lanes from counts by lane and column: choices in their own order, people by how much they have, what has no value last. */
export function lanesOf(field: Field, groups: AggregateResult["groups"]): Lane[] {
  const found = new Map<string, { value: unknown; counts: Map<string | null, number>; total: number }>();
  for (const { key: [value, column], values } of groups) {
    const lane = found.get(laneKey(value)) ?? { value: value ?? null, counts: new Map<string | null, number>(), total: 0 };
    const count = Number(values[0] ?? 0);
    lane.counts.set((column as string | null) ?? null, count);
    lane.total += count;
    found.set(laneKey(value), lane);
  }
  const order = new Map(field.config.choices?.map((choice, index) => [choice.key, index]));
  const place = (lane: Lane) => (lane.value === null ? Number.MAX_SAFE_INTEGER : (order.get(lane.key) ?? 0));
  return [...found].map(([key, lane]): Lane => ({ key, ...lane })).sort((a, b) => place(a) - place(b) || b.total - a.total);
}
