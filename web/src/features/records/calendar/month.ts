import type { Field, Filter } from "@/api/types";
import { hasTime } from "@/features/base/viewKinds";

const pad = (n: number) => String(n).padStart(2, "0");
export const dayKey = (day: Date) => `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
export const dayOf = (key: string) => {
  const [year, month, day] = key.split("-").map(Number);
  return new Date(year ?? 1970, (month ?? 1) - 1, day ?? 1);
};
export const plusDays = (day: Date, days: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
export const plusMonths = (month: string, by: number) => {
  const first = dayOf(`${month}-01`);
  return dayKey(new Date(first.getFullYear(), first.getMonth() + by, 1)).slice(0, 7);
};
export const isMonth = (text: unknown): text is string => typeof text === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

/** The weeks a month touches, from Monday on. */
export function weeksOf(month: string): Date[][] {
  const first = dayOf(`${month}-01`);
  const start = plusDays(first, -((first.getDay() + 6) % 7));
  const last = new Date(first.getFullYear(), first.getMonth() + 1, 0);
  const weeks: Date[][] = [];
  for (let day = start; day <= last; day = plusDays(day, 7)) weeks.push(Array.from({ length: 7 }, (_, index) => plusDays(day, index)));
  return weeks;
}

/** The local day of a date or a moment. */
export const dayFrom = (value: unknown): string | null => (typeof value !== "string" || !value ? null : value.length === 10 ? value : dayKey(new Date(value)));

/** Records that lie in these days, as far as begins and ends go. */
export function inRange(start: Field, end: Field | undefined, first: Date, last: Date): Filter {
  const at = (field: Field, day: Date, next: boolean) => (hasTime(field) ? plusDays(day, next ? 1 : 0).toISOString() : dayKey(day));
  const from = (field: Field): Filter => ({ field: field.api_name, op: "gte", value: at(field, first, false) });
  const to: Filter = { field: start.api_name, op: hasTime(start) ? "lt" : "lte", value: at(start, last, true) };
  return { and: [to, end ? { or: [from(start), from(end)] } : from(start)] };
}

/** The same value some days later, its time of day kept. */
export function shifted(value: unknown, field: Field, days: number): unknown {
  if (typeof value !== "string" || !value) return value ?? null;
  if (!hasTime(field)) return dayKey(plusDays(dayOf(value.slice(0, 10)), days));
  const at = new Date(value);
  at.setDate(at.getDate() + days);
  return at.toISOString();
}
