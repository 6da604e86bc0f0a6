import type { RecordData } from "@/api/types";
import { isReference } from "@/fields/relation/references";
import { isMoney } from "./types";

/** Values as they can be compared: references by id, numbers without zeros that say nothing. */
function bare(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (isReference(value)) return value.id;
  const text = String(isMoney(value) ? (value.amount ?? "") : typeof value === "object" ? JSON.stringify(value) : value);
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}
export const same = (a: unknown, b: unknown) => bare(a) === bare(b);

export interface ServerChange {
  /** Fields of the header that came to hold something else. */
  fields: string[];
  added: number;
  removed: number;
  changed: number;
}

const LINE_FIELDS = ["product", "name", "quantity", "unit_price", "discount", "tax_rate", "unit", "position", "note"];

/** What somebody else did between the state one began with and the state there is now. */
export function between(before: { document: RecordData; lines: readonly RecordData[] }, now: { document: RecordData; lines: readonly RecordData[] }, fields: readonly string[]): ServerChange {
  const old = new Map(before.lines.map((line) => [line.id, line]));
  const ids = new Set(now.lines.map((line) => line.id));
  const stayed = now.lines.filter((line) => old.has(line.id));
  return {
    fields: fields.filter((name) => !same(before.document[name], now.document[name])),
    added: now.lines.length - stayed.length,
    removed: before.lines.filter((line) => !ids.has(line.id)).length,
    changed: stayed.filter((line) => LINE_FIELDS.some((name) => !same(line[name], old.get(line.id)?.[name]))).length,
  };
}
