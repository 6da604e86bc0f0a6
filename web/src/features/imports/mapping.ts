import type { ColumnMapping, ImportColumn, ImportJob, ImportMapping } from "@/api/imports";
import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";

/** Fields a file may fill: what people may write. */
export const importable = (type: ObjectType): Field[] => type.fields.filter((field) => !field.readonly && (!field.system || field.api_name === "owner"));

/** A fresh mapping for one column; relations are matched by the other record's title unless chosen otherwise. */
export function mapColumn(catalog: Catalog, object: string, column: number, name: string): ColumnMapping {
  const field = catalog.field(object, name);
  const target = field ? catalog.reached(field) : undefined;
  const title = target ? catalog.object(target)?.title_field : undefined;
  return { column, field: name, ...(title ? { match_by: title, create_missing: false } : {}) };
}

/** What the server proposed, or, where it proposed nothing as a whole, its suggestions column by column. */
export function initialMapping(catalog: Catalog, job: ImportJob): ImportMapping {
  if (job.mapping && job.mapping.columns.length > 0) return job.mapping;
  const columns = job.columns.flatMap((column) => (column.suggestion ? [mapColumn(catalog, job.object, column.index, column.suggestion.field)] : []));
  return { columns, key: null };
}

/** One field takes one column: choosing it anew frees the column that had it. */
export function assign(mapping: ImportMapping, next: ColumnMapping | null, column: number): ImportMapping {
  const rest = mapping.columns.filter((each) => each.column !== column && each.field !== next?.field);
  const columns = next ? [...rest, next] : rest;
  return { ...mapping, columns: columns.sort((a, b) => a.column - b.column), key: columns.some((each) => each.field === mapping.key) ? mapping.key! : null };
}

export function missingRequired(type: ObjectType, mapping: ImportMapping): Field[] {
  const mapped = new Set(mapping.columns.map((column) => column.field));
  return importable(type).filter((field) => field.required && !mapped.has(field.api_name));
}

/** Fields by which an existing record can be recognised: unique ones, and the title. */
export function keyFields(type: ObjectType, mapping: ImportMapping): Field[] {
  const mapped = new Set(mapping.columns.map((column) => column.field));
  return type.fields.filter((field) => mapped.has(field.api_name) && (field.unique || field.api_name === type.title_field));
}

/** Values worth mapping by hand: few enough to read. */
export const mappableValues = (column: ImportColumn) => column.values ?? [];
/** Orders of year, month and day that the server reads, whatever stands between them; and how each is shown. */
export const DATE_FORMATS = [
  { value: "Y-M-D", text: "YYYY-MM-DD" },
  { value: "M/D/YYYY", text: "M/D/YYYY" },
  { value: "D/M/YYYY", text: "D/M/YYYY" },
];
