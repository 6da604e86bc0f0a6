import type { Field, ObjectType, RecordData } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";

export interface Completeness {
  share: number;
  missing: Field[];
}

/** The fields that make a record worth having: what the layout leads with and what a new one is asked for. */
export function completenessOf(type: ObjectType, highlights: readonly string[], record: RecordData, shown: (field: Field) => boolean): Completeness | null {
  const names = [...new Set([...type.quick_create, ...highlights, ...type.layout.sections.slice(0, 2).flatMap((section) => section.fields)])];
  const fields = names.flatMap((name) => type.fields.find((field) => field.api_name === name) ?? []).filter((field) => !field.system && !field.computed && !field.readonly && field.type !== "boolean" && shown(field));
  if (fields.length === 0) return null;
  const missing = fields.filter((field) => isEmptyValue(record[field.api_name]));
  return { share: (fields.length - missing.length) / fields.length, missing };
}
