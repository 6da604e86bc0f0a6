import type { Localized, Money } from "@/api/types";
import { compareDecimals, sumDecimals } from "@/ui/decimal";

export interface PeriodData {
  key: string;
  kind: "month" | "quarter" | "year";
  start: string;
  end: string;
  previous: string;
  next: string;
  kinds: Record<PeriodData["kind"], string>;
}
export interface Cell { amount: string; weighted: string; count: number }
export type ByCategory<T> = Record<string, Record<string, T>>;
export interface Judgement { amount: string | null; was: string | null; note: string | null; by: { id: string; label: string | null }; at: string }
export interface Standing { target: string | null; attained: string; missing: string | null; share: string | null }
export interface Category { key: string; kind: "won" | "open" | "omitted"; label: Localized; color: string }
export interface Line extends Standing {
  id: string | null;
  name: string | null;
  above: string | null;
  depth: number;
  led: boolean;
  own: ByCategory<Cell>;
  team: ByCategory<Cell>;
  before: ByCategory<Cell>;
  forecast: ByCategory<string>;
  judged: ByCategory<Judgement>;
}
export interface Snapshot { id: string; taken_at: string; kind: string; deals: number }
export interface SheetData { period: PeriodData; currency: string; currencies: string[]; categories: Category[]; since: Snapshot | null; people: Line[] }
export interface Kind { kind: string; count: number; amount: string; turned: string }
export interface CategoryChange { opening: string; closing: string; kinds: Record<string, { amount: string; count: number }> }
export interface CurrencyChanges { opening: string; closing: string; kinds: Kind[]; categories: Record<string, CategoryChange> }
export interface ChangesData { period: PeriodData; from: Snapshot; to: Snapshot | null; currencies: Record<string, CurrencyChanges> }
export interface ChangedDeal { id: string; title: string; category: (string | null)[]; close_date: (string | null)[]; stage: (string | null)[]; amount: (string | null)[] }

export const negated = (amount: string) => (amount.startsWith("-") ? amount.slice(1) : `-${amount}`);
export const difference = (now: string, then: string) => sumDecimals([now, negated(then)]) ?? "0";
export const isZero = (amount: string | null | undefined) => !amount || compareDecimals(amount, "0") === 0;
export const isNegative = (amount: string) => compareDecimals(amount, "0") === -1;
export const money = (amount: string, currency: string): Money => ({ amount, currency });
/** As a number for drawing alone; figures are told as the text they came in. */
export const drawn = (amount: string) => Number(amount);

/** Rows that are not below a folded one. */
export function visible(lines: readonly Line[], folded: ReadonlySet<string>): Line[] {
  const hidden = new Set<string>();
  return lines.filter((line) => {
    const gone = line.above !== null && (folded.has(line.above) || hidden.has(line.above));
    if (gone && line.id) hidden.add(line.id);
    return !gone;
  });
}

export const reports = (lines: readonly Line[]) => new Set(lines.flatMap((line) => (line.above ? [line.above] : [])));

/** Sums of the people at the top, which hold everybody below. */
export function totalOf(lines: readonly Line[], currency: string, category: string): { amount: string; forecast: string; count: number } {
  const tops = lines.filter((line) => line.above === null);
  const amount = sumDecimals(tops.map((line) => line.team[currency]?.[category]?.amount ?? "0")) ?? "0";
  const forecast = sumDecimals(tops.map((line) => line.forecast[currency]?.[category] ?? "0")) ?? "0";
  return { amount, forecast, count: tops.reduce((sum, line) => sum + (line.team[currency]?.[category]?.count ?? 0), 0) };
}

export interface Step { key: string; amount: string; from: number; to: number; whole: boolean }

/** Where each bar of the waterfall begins and ends. */
export function steps(opening: string, closing: string, movements: readonly { kind: string; amount: string }[]): Step[] {
  let at = opening;
  const found: Step[] = [{ key: "opening", amount: opening, from: 0, to: drawn(opening), whole: true }];
  for (const { kind, amount } of movements) {
    if (isZero(amount)) continue;
    const next = sumDecimals([at, amount]) ?? at;
    found.push({ key: kind, amount, from: drawn(at), to: drawn(next), whole: false });
    at = next;
  }
  return [...found, { key: "closing", amount: closing, from: 0, to: drawn(closing), whole: true }];
}

/** The movements of one category, or of all that count, in the order the report tells them. */
export function movementsOf(changes: CurrencyChanges, category: string | null): Kind[] {
  if (!category) return changes.kinds;
  const mine = changes.categories[category]?.kinds ?? {};
  return changes.kinds.flatMap(({ kind }) => (mine[kind] ? [{ kind, ...mine[kind], turned: "0" }] : []));
}

/** What a period is called: 2026 年第四季度, Q4 2026. */
export function periodName(period: PeriodData, language: string): string {
  const start = new Date(`${period.start}T00:00:00`);
  if (period.kind === "month") return new Intl.DateTimeFormat(language, { year: "numeric", month: "long" }).format(start);
  const [named, quarter] = period.key.split("-");
  const year = new Intl.DateTimeFormat(language, { year: "numeric" }).format(new Date(Number(named), 0, 1));
  if (period.kind === "year" || !quarter) return year;
  return language === "en" ? `${quarter} ${year}` : `${year}${quarter}`;
}
