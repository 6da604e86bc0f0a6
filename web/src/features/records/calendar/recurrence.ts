import { plusDays } from "./month";

export const rules = ["daily", "weekdays", "weekly", "fortnightly", "monthly", "yearly"] as const;
export type Rule = (typeof rules)[number];
export const isRule = (value: unknown): value is Rule => rules.includes(value as Rule);

const STEP_DAYS: Partial<Record<Rule, number>> = { daily: 1, weekdays: 1, weekly: 7, fortnightly: 14 };
/** More than a screen ever shows; a rule from long ago ends here instead of running on. */
const MOST_STEPS = 20_000;

/** The same day some months later; where that month is shorter, its last day. */
function plusMonths(at: Date, months: number): Date {
  const last = new Date(at.getFullYear(), at.getMonth() + months + 1, 0).getDate();
  return new Date(at.getFullYear(), at.getMonth() + months, Math.min(at.getDate(), last), at.getHours(), at.getMinutes(), at.getSeconds());
}

const plus = (at: Date, rule: Rule, steps: number): Date => {
  if (rule === "monthly") return plusMonths(at, steps);
  if (rule === "yearly") return plusMonths(at, 12 * steps);
  const day = plusDays(at, (STEP_DAYS[rule] ?? 1) * steps);
  // By the clock, not by hours: an hour that is put forward moves no appointment.
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), at.getHours(), at.getMinutes(), at.getSeconds());
};

/** When something that began at `start` happens again, after that and within `from` (included) to `to`; `until` is its last day. */
export function occurrences(start: Date, rule: Rule, until: Date | null, from: Date, to: Date): Date[] {
  const end = until ? new Date(Math.min(to.getTime(), plusDays(until, 1).getTime())) : to;
  const found: Date[] = [];
  for (let steps = 1; steps < MOST_STEPS; steps++) {
    const at = plus(start, rule, steps);
    if (at >= end) break;
    const isWeekend = at.getDay() === 0 || at.getDay() === 6;
    if (at >= from && !(rule === "weekdays" && isWeekend)) found.push(at);
  }
  return found;
}
