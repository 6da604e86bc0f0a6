import { isReference } from "@/fields/relation/references";
import { normaliseNumber } from "@/fields/number";
import { sumDecimals } from "@/ui/decimal";
import { isBlank, sameNumber } from "./lines";
import { plain, type Calculated, type Header, type Line, type Totals, type Worked } from "./types";

type Raw = Record<string, unknown>;
const text = (value: unknown) => (value === null || value === undefined || value === "" ? null : String(value));
const number = (value: string) => normaliseNumber(value) as string | null;
const money = (value: string, currency: string | null) => {
  const amount = number(value);
  return amount === null ? null : currency ? { amount, currency } : amount;
};

/** Lines worth sending: a row nothing was typed into is none. */
export const sent = (lines: readonly Line[]) => lines.filter((line) => !isBlank(line));

/** A line as the API takes it; what is empty and follows the books is left to the server. */
export function toWire(lines: readonly Line[], currency: string | null): Raw[] {
  const going = sent(lines);
  const position = new Map(going.map((line, index) => [line.key, index + 1]));
  return going.map((line, index) => ({
    ...(line.id ? { id: line.id } : {}),
    position: index + 1, product: line.product?.id ?? null, bundle_position: line.parent === null ? null : (position.get(line.parent) ?? null),
    name: text(line.name || line.seeking), quantity: number(line.quantity), unit: text(line.unit), unit_price: line.follows ? null : money(line.unit_price, currency),
    discount: number(line.discount), tax_rate: number(line.tax_rate), note: text(line.note),
  }));
}

/** The header as the API takes it: ids for records, numbers without what only shows them. */
export function headerToWire(header: Header): Raw {
  const shape = (value: unknown): unknown => (isReference(value) ? value.id : value === undefined || value === "" ? null : value);
  return Object.fromEntries(Object.entries(header).map(([name, value]) => [name, shape(value)]));
}

const FIELD = /^\/?lines\/(\d+)(?:\/(\w+))?/;
interface Problem {
  pointer?: string;
  field?: string;
  message: string;
}

/** Problems by line and field, and those of the document. */
export function sorted(problems: readonly Problem[]): { lines: Map<number, Record<string, string>>; document: { field: string; message: string }[] } {
  const lines = new Map<number, Record<string, string>>();
  const document: { field: string; message: string }[] = [];
  for (const problem of problems) {
    const [, at, field = ""] = FIELD.exec(problem.pointer ?? "") ?? [];
    if (at === undefined) document.push({ field: (problem.pointer ?? problem.field ?? "").split("/").filter(Boolean).at(-1) ?? "", message: problem.message });
    else lines.set(Number(at), { [field]: problem.message, ...lines.get(Number(at)) });
  }
  return { lines, document };
}

export const reasonOf = (value: unknown): string | null => (typeof value === "object" && value !== null && "text" in value ? text(value.text) : text(value));

export function workedFrom(raw: Raw, problems: Record<string, string> = {}): Worked {
  const own = Array.isArray(raw["problems"]) ? (raw["problems"] as Problem[]) : [];
  const beside = Object.fromEntries(own.map((each) => [FIELD.exec(each.pointer ?? "")?.[2] ?? "", each.message]));
  return {
    unit_price: plain(raw["unit_price"]), list_price: plain(raw["list_price"]), price_reason: reasonOf(raw["price_reason"]), tax_rate: plain(raw["tax_rate"]), unit: text(raw["unit"]),
    amount: plain(raw["amount"]), net: plain(raw["net"]), tax: plain(raw["tax"]), total: plain(raw["total"]), problems: { ...beside, ...problems },
  };
}

const currencyOf = (value: unknown): string | null => (typeof value === "object" && value !== null && "currency" in value ? text(value.currency) : null);

export function totalsFrom(raw: Raw): Totals {
  return {
    subtotal: plain(raw["subtotal"]), discount_total: plain(raw["discount_total"]), net_total: plain(raw["net_total"]), tax_total: plain(raw["tax_total"]), total: plain(raw["total"]),
    base_total: plain(raw["base_total"]), base_currency: currencyOf(raw["base_total"]), exchange_rate: plain(raw["exchange_rate"]), rate_on: text(raw["rate_on"]),
  };
}

export interface CalculateAnswer {
  lines: Raw[];
  totals: Raw;
  /** What the document goes by where it names nothing itself. */
  header?: Raw;
  largest_discount: string | null;
  needs_approval: boolean;
  problems?: Problem[];
}

export function calculatedFrom(answer: CalculateAnswer): Calculated {
  const found = sorted(answer.problems ?? []);
  return {
    lines: answer.lines.map((line, index) => workedFrom(line, found.lines.get(index))), totals: totalsFrom(answer.totals), currency: text(answer.header?.["currency"]) ?? currencyOf(answer.totals["total"]),
    largest_discount: text(answer.largest_discount), needs_approval: answer.needs_approval, problems: found.document,
  };
}

export interface RateShare {
  rate: string;
  net: string;
  tax: string;
}

/** Net and tax of each rate, added exactly. */
export function byRate(worked: readonly Worked[]): RateShare[] {
  const groups: { rate: string; net: string[]; tax: string[] }[] = [];
  for (const line of worked) {
    if (line.tax === null || line.tax_rate === null) continue;
    const rate = line.tax_rate;
    let group = groups.find((each) => sameNumber(each.rate, rate));
    if (!group) groups.push((group = { rate, net: [], tax: [] }));
    group.net.push(line.net ?? "0");
    group.tax.push(line.tax);
  }
  return groups.map((group) => ({ rate: group.rate, net: sumDecimals(group.net) ?? "0", tax: sumDecimals(group.tax) ?? "0" })).sort((a, b) => Number(b.rate) - Number(a.rate));
}
