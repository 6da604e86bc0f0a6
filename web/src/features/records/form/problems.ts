import { ProblemError } from "@/api/client";

/** What the server refused, by the place where it is shown. */
export interface Placed {
  fields: Record<string, string>;
  /** Of sub-tables: by field, row and column. */
  rows: Record<string, Record<number, Record<string, string>>>;
  /** What no single field is to blame for. */
  record: string[];
}

export const NOTHING_WRONG: Placed = { fields: {}, rows: {}, record: [] };
const RECORD = "";

/** Messages laid where they belong; those of fields that are not `here` are said of the whole record. */
export function placed(error: unknown, here: (name: string) => boolean, fallback: string): Placed {
  if (!(error instanceof ProblemError)) return { ...NOTHING_WRONG, record: [fallback] };
  const found: Placed = { fields: {}, rows: {}, record: [] };
  for (const { pointer, message } of error.errors) {
    const parts = pointer.split("/").filter(Boolean);
    if (parts[0] === "values") parts.shift();
    const [name = RECORD, index, column = RECORD] = parts;
    if (!here(name)) found.record.push(message);
    else if (index !== undefined && /^\d+$/.test(index)) {
      const row = ((found.rows[name] ??= {})[Number(index)] ??= {});
      row[column] ??= message;
    } else found.fields[name] ??= message;
  }
  if (error.errors.length === 0) found.record.push(error.message);
  return found;
}
