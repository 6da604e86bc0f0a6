import type { Field, ObjectType, RecordData } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";

export interface Completeness {
  share: number;
  missing: Field[];
}

/** Filled ÷ required, of the fields that the server says count: the same figure as per person. */
export function completenessOf(type: ObjectType, required: readonly { field: string; weight: number }[], record: RecordData): Completeness | null {
  const counted = required.flatMap(({ field: name, weight }) => {
    const field = type.fields.find((each) => each.api_name === name);
    return field ? [{ field, weight }] : [];
  });
  const whole = counted.reduce((sum, { weight }) => sum + weight, 0);
  if (whole === 0) return null;
  const missing = counted.filter(({ field }) => isEmptyValue(record[field.api_name]));
  return { share: (whole - missing.reduce((sum, { weight }) => sum + weight, 0)) / whole, missing: missing.map(({ field }) => field) };
}
