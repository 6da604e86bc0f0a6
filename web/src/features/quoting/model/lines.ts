import { randomKey } from "@/api/client";
import type { RecordData, Reference } from "@/api/types";
import { isReference } from "@/fields/relation/references";
import { compareDecimals } from "@/ui/decimal";
import { plain, type Line, type Typed, type Worked } from "./types";

/** Keys of lines are the client's own: a line that is not stored yet has no other. Drafts outlive a reload, so they are no counter. */
export const freshKey = () => `n${randomKey()}`;

export function newLine(values: Partial<Line> = {}): Line {
  return { key: freshKey(), id: null, product: null, parent: null, follows: true, quantity: "1", unit_price: "", discount: "", tax_rate: "", unit: "", name: "", note: "", ...values };
}

/** Zeros after the point that say nothing are not shown to who types. */
export const trimmed = (text: string | null): string => (text?.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : (text ?? ""));
export const sameNumber = (a: string | null, b: string | null) => a !== null && b !== null && a !== "" && b !== "" && compareDecimals(a, b) === 0;

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));

/** A line that is called as its product has no words of its own. */
const nameOf = (record: RecordData) => (isReference(record["product"]) && record["product"].label === record["name"] ? "" : text(record["name"]));

/** Stored lines as they are edited; a part of a bundle finds its bundle by the position it names. */
export function fromRecords(records: readonly RecordData[]): Line[] {
  const keyAt = new Map(records.map((record) => [text(record["position"]), record.id]));
  return records.map((record) => ({
    key: record.id, id: record.id,
    product: isReference(record["product"]) ? (record["product"] as Reference) : null,
    parent: keyAt.get(text(record["bundle_position"])) ?? null,
    follows: false,
    quantity: trimmed(plain(record["quantity"])), unit_price: trimmed(plain(record["unit_price"])), discount: trimmed(plain(record["discount"])), tax_rate: trimmed(plain(record["tax_rate"])),
    unit: text(record["unit"]), name: nameOf(record), note: text(record["note"]),
  }));
}

/** Lines once those that were `taken` are stored as `records`: what was typed meanwhile stays, over what is stored now. */
export function overSaved(now: readonly Line[], taken: readonly Line[], records: readonly RecordData[]): Line[] {
  const stored = fromRecords(records);
  const at = new Map(taken.filter((line) => !isBlank(line)).map((line, index) => [line.key, { line, saved: stored[index] }]));
  return now.map((line) => {
    const found = at.get(line.key);
    if (!found?.saved) return line;
    return line === found.line ? { ...found.saved, key: line.key, parent: line.parent } : { ...line, id: found.saved.id };
  });
}

/** What was stored of a line is known before the first recalculation has come back. */
export function workedOf(record: RecordData): Worked {
  return {
    unit_price: plain(record["unit_price"]), list_price: plain(record["list_price"]), price_reason: record["price_reason"] ? text(record["price_reason"]) : null, tax_rate: plain(record["tax_rate"]),
    unit: record["unit"] ? text(record["unit"]) : null, amount: plain(record["amount"]), net: plain(record["net"]), tax: plain(record["tax"]), total: plain(record["total"]), problems: {},
  };
}

export const isBlank = (line: Line) => line.product === null && line.name === "" && line.unit_price === "" && line.discount === "" && line.note === "" && !line.unknown && !line.seeking;

/** A line with a cell changed; a price that follows the books goes on following until one is typed. */
export function withCell(line: Line, field: keyof Typed, value: string, listed: string | null): Line {
  if (field === "unit_price") return { ...line, unit_price: value, follows: value === "" };
  const follows = line.follows || (field === "quantity" && (line.unit_price === "" || sameNumber(line.unit_price, listed)));
  // A price that follows is nowhere but in the books: what was found for the old quantity is not kept.
  return { ...line, [field]: value, follows, unit_price: follows ? "" : line.unit_price };
}

/** A line with a product chosen: what the product brings is asked for anew. */
export const withProduct = (line: Line, product: Reference | null): Line => ({ ...line, product, unknown: undefined, seeking: undefined, name: "", unit: "", unit_price: "", tax_rate: "", follows: true });

/** The line with what its words were looked up for: the product that was found, else a line of one's own. */
export const answered = (line: Line, words: string, found: Reference | null): Line =>
  line.seeking !== words ? line : { ...line, seeking: undefined, ...(found ? { product: found } : { name: line.name || words }) };

/** A line whose lookup ended with its page: nobody answers any more, so it is marked for the person to choose. */
export const unanswered = (line: Line): Line => (line.seeking === undefined ? line : { ...line, seeking: undefined, unknown: line.seeking, name: line.name || line.seeking });

export function insertAt(lines: readonly Line[], index: number, added: readonly Line[]): Line[] {
  return [...lines.slice(0, index), ...added, ...lines.slice(index)];
}

/** A copy below the line, and with a bundle below its parts: copies are lines of their own. */
export function duplicated(lines: readonly Line[], index: number): { lines: Line[]; at: number } {
  const line = lines[index];
  if (!line) return { lines: [...lines], at: index };
  const parts = lines.filter((each) => each.parent === line.key);
  const last = Math.max(index, ...parts.map((part) => lines.indexOf(part)));
  const copy = { ...line, key: freshKey(), id: null };
  const copies = parts.map((part) => ({ ...part, key: freshKey(), id: null, parent: copy.key }));
  return { lines: insertAt(lines, last + 1, [copy, ...copies]), at: last + 1 };
}

/** Without the lines; parts go with their bundle. */
export function removed(lines: readonly Line[], keys: ReadonlySet<string>): Line[] {
  return lines.filter((line) => !keys.has(line.key) && !(line.parent !== null && keys.has(line.parent)));
}

/** The line brought before what stands at `to` (the length: to the end); a bundle takes its parts along. */
export function moved(lines: readonly Line[], from: number, to: number): { lines: Line[]; at: number } {
  const line = lines[from];
  if (!line || to === from || to === from + 1) return { lines: [...lines], at: from };
  const going = new Set([line.key, ...lines.filter((each) => each.parent === line.key).map((each) => each.key)]);
  let target = lines[to];
  while (target && going.has(target.key)) target = lines[lines.indexOf(target) + 1];
  const rest = lines.filter((each) => !going.has(each.key));
  const at = target ? rest.indexOf(target) : rest.length;
  return { lines: insertAt(rest, at, lines.filter((each) => going.has(each.key))), at };
}

/** Whether the price is another than the books give; parts are paid with their bundle. */
export const offList = (line: Line, worked: Worked | undefined): boolean => {
  const price = line.unit_price || worked?.unit_price || "";
  return line.parent === null && Boolean(worked?.list_price) && price !== "" && !line.follows && !sameNumber(price, worked?.list_price ?? null);
};
