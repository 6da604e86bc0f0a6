import type { Catalog } from "@/api/catalog";
import type { ColorRule, Filter, RecordData } from "@/api/types";
import { judge } from "@/features/base/filters/evaluate";
import { categoryOf } from "@/tokens/theme";

/** The colours a record stands on: of its row, and of cells by their path. */
export interface Tint {
  row?: string;
  cells?: Record<string, string>;
}

/** Paths that rules ask of, so that records come with them. */
export function askedBy(filter: Filter): string[] {
  if ("field" in filter) return [filter.field];
  if ("and" in filter) return filter.and.flatMap(askedBy);
  if ("or" in filter) return filter.or.flatMap(askedBy);
  return "not" in filter ? askedBy(filter.not) : [];
}

const soft = (color: string) => `var(--cat-${categoryOf(color)}-soft)`;

/** The first rule that surely holds gives the row its colour, and the first of each field the cell's. */
export function tintOf(rules: readonly ColorRule[], record: RecordData, catalog: Catalog, object: string, me: string, now: Date): Tint | undefined {
  let tint: Tint | undefined;
  for (const { where, color, field } of rules) {
    if (field ? tint?.cells?.[field] : tint?.row) continue;
    if (judge(where, { field: (name) => catalog.field(object, name), values: record, me, now }) !== true) continue;
    tint = field ? { ...tint, cells: { ...tint?.cells, [field]: soft(color) } } : { ...tint, row: soft(color) };
  }
  return tint;
}
