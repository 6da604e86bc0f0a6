import type { Money } from "@/api/types";
import { compareDecimals, sumDecimals } from "@/ui/decimal";

export const BUCKETS = ["not_due", "days_30", "days_60", "days_90", "older"] as const;
export type Bucket = (typeof BUCKETS)[number];
export type By = "account" | "owner" | "company";

export interface AgeingLine {
  id: string | null;
  label?: string | null;
  buckets: Money[];
  total: Money;
  count: number;
  currencies: { currency: string; buckets: string[]; total: string }[];
  without_rate: string[];
}
export interface Ageing {
  on: string;
  by: By;
  currency: string;
  total: AgeingLine;
  rows: AgeingLine[];
  more: number;
}
export interface Figure extends Money {
  count: number;
  currencies: { amount: string; currency: string }[];
}
export interface Summary {
  today: string;
  week_end: string;
  month_end: string;
  currency: string;
  finance: boolean;
  without_rate: string[];
  overdue: Figure;
  due_this_week: Figure;
  due_this_month: Figure;
  outstanding: Figure;
  received_this_month: Figure;
  to_be_confirmed: Figure;
  advances: Figure;
  forecast: { month: string; amount: string; currency: string }[];
}
export interface Movement {
  day: string;
  kind: "instalment" | "payment" | "refund";
  object: string;
  id: string;
  number: string | null;
  text: string;
  due: string | null;
  paid: string | null;
  refunded: string | null;
  balance: string;
}
export interface StatementData {
  currency: string;
  currencies: string[];
  opening: string;
  closing: string;
  movements: Movement[];
}
export interface Balance {
  currencies: { currency: string; outstanding: string; overdue: string; advance: string; balance: string }[];
  outstanding: Money;
  overdue: Money;
  advance: Money;
  balance: Money;
  limit: Money | null;
  room: Money | null;
  over: boolean;
}
export interface OpenPlan {
  id: string;
  name: string;
  due_on: string | null;
  outstanding: string;
  contract: string | null;
  sales_order: string | null;
  document: string | null;
}
export interface OpenInvoice {
  id: string;
  number: string;
  invoice_number: string | null;
  outstanding: string;
  contract: string | null;
  sales_order: string | null;
}
export interface Part {
  payment_plan: string | null;
  invoice: string | null;
  amount: string;
}
export interface OpenItems {
  payment: { id: string; number: string; version: number; status: string; available: Money };
  may_allocate: boolean;
  plans: OpenPlan[];
  invoices: OpenInvoice[];
  proposal: Part[];
}
export interface Instalment {
  id?: string | null;
  name: string;
  due_on?: string | null;
  milestone?: string | null;
  days_after?: number | string | null;
  percent?: string | null;
  amount?: string | Money | null;
  allocated?: string | Money | null;
  note?: string | null;
}
export interface Report {
  last: { at: string; rules: number; findings: number } | null;
  findings: { rule: string; text: string; object: string | null; id: string; label: string | null; expected: string | null; found: string | null }[];
}

/** The digits of an amount, however it comes. */
export const plain = (value: unknown): string => (typeof value === "object" && value !== null && "amount" in value ? String((value as Money).amount ?? "0") : value === null || value === undefined || value === "" ? "0" : String(value));
/** What people type: full-width digits and thousands separators are no fault. */
export const typed = (text: string): string => text.normalize("NFKC").replace(/[,\s]/g, "");
export const isAmount = (text: string): boolean => /^\d+(\.\d+)?$/.test(typed(text));
export const minus = (from: string, texts: readonly string[]): string => sumDecimals([from, ...texts.map((text) => (text.startsWith("-") ? text.slice(1) : `-${text}`))]) ?? "0";
export const above = (a: string, b: string): boolean => compareDecimals(a, b) === 1;
export const least = (a: string, b: string): string => (above(a, b) ? b : a);
export const isZero = (text: string): boolean => compareDecimals(text, "0") === 0;

const HUNDRED = 100n;
const SCALE = 4;
const digits = (text: string, scale: number): bigint => {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt((whole || "0") + part.slice(0, scale).padEnd(scale, "0"));
};
const point = (value: bigint, scale: number): string => {
  const text = value.toString().padStart(scale + 1, "0");
  return scale ? `${text.slice(0, -scale)}.${text.slice(-scale)}` : text;
};
/** A share of the whole, rounded half up to `scale` digits: exact, without floats. */
export function shareOf(total: string, percent: string, scale = 2): string {
  const product = digits(total, scale) * digits(percent, SCALE);
  const unit = HUNDRED * 10n ** BigInt(SCALE);
  return point((product * 2n + unit) / (unit * 2n), scale);
}
/** How many percent of the whole an amount is, to four digits. */
export function percentOf(total: string, amount: string, scale = 2): string {
  const whole = digits(total, scale);
  if (whole === 0n) return "0";
  const value = (digits(amount, scale) * HUNDRED * 10n ** BigInt(SCALE) * 2n + whole) / (whole * 2n);
  return point(value, SCALE).replace(/\.?0+$/, "");
}
/** Digits that amounts have: those that the whole is given with. */
export const scaleOf = (total: string): number => total.split(".")[1]?.length ?? 0;

/** Days a day has passed, by the calendar. */
export const daysLate = (due: string | null, today: string): number => (due && due < today ? Math.round((Date.parse(today) - Date.parse(due)) / 86_400_000) : 0);

/** Typed amounts by instalment: filled as proposed. */
export const asRows = (parts: readonly Part[]): { key: string; plan: string | null; invoice: string | null; amount: string }[] => parts.map((part, place) => ({ key: `${place}`, plan: part.payment_plan, invoice: part.invoice, amount: part.amount }));
