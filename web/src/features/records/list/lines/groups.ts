import type { Field, Filter, ObjectType } from "@/api/types";
import type { Speech } from "@/messages";
import { fieldUi } from "@/fields/registry";
import { isEmptyValue } from "@/fields/contract";

const given = (field: Field) => field.config.result ?? field.type;
const KINDS = new Set(["single_choice", "user", "relation", "department", "boolean", "date"]);

/** Fields by which a list may be put in groups: few values, or days by their month. Instants are not among them: their months hang on the workspace's time zone. */
export const groupFields = (type: ObjectType): Field[] => type.fields.filter((field) => field.groupable && field.access !== "masked" && KINDS.has(given(field)));

export const bucketOf = (field: Field): "month" | undefined => (given(field) === "date" ? "month" : undefined);

const nextMonth = (day: string): string => {
  const [year = 0, month = 0] = day.split("-").map(Number);
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
};

const idOf = (value: unknown) => (typeof value === "object" && value !== null && "id" in value ? (value as { id: string }).id : value);
export const groupKey = (value: unknown): string => JSON.stringify(idOf(value) ?? null);

/** The condition that records of a group satisfy. */
export function groupFilter(field: Field, value: unknown): Filter {
  const name = field.api_name;
  if (isEmptyValue(value)) return { field: name, op: "is_empty" };
  if (!bucketOf(field)) return { field: name, op: "eq", value: idOf(value) };
  return { and: [{ field: name, op: "gte", value: value }, { field: name, op: "lt", value: nextMonth(String(value)) }] };
}

export function groupText(field: Field, value: unknown, speech: Speech): string {
  if (isEmptyValue(value)) return speech.t("grid.groupEmpty");
  if (!bucketOf(field)) return fieldUi(field).text(value, field, speech) || speech.t("value.outOfSight");
  const [year = 0, month = 1] = String(value).split("-").map(Number);
  return new Intl.DateTimeFormat(speech.language, { year: "numeric", month: "long" }).format(new Date(year, month - 1, 1));
}
