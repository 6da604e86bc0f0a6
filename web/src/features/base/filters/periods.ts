/** Named periods as half-open ranges of days; the twin of the server's, in the time zone of this browser. */

type Range = [first: Date, after: Date];

const plus = (day: Date, days: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
const month = (day: Date, shift: number) => new Date(day.getFullYear(), day.getMonth() + shift, 1);
const week = (day: Date, shift: number): Range => {
  const monday = plus(day, -((day.getDay() + 6) % 7) + 7 * shift);
  return [monday, plus(monday, 7)];
};
const quarter = (day: Date, shift: number): Range => {
  const first = new Date(day.getFullYear(), Math.floor(day.getMonth() / 3) * 3 + 3 * shift, 1);
  return [first, month(first, 3)];
};
const days = (first: number, after: number) => (day: Date): Range => [plus(day, first), plus(day, after)];
const months = (shift: number) => (day: Date): Range => [month(day, shift), month(day, shift + 1)];
const year = (shift: number) => (day: Date): Range => [new Date(day.getFullYear() + shift, 0, 1), new Date(day.getFullYear() + shift + 1, 0, 1)];
const FIRST = new Date(-8.64e15);
const LAST = new Date(8.64e15);

const PERIODS: Record<string, (day: Date) => Range> = {
  today: days(0, 1), yesterday: days(-1, 0), tomorrow: days(1, 2),
  this_week: (day) => week(day, 0), last_week: (day) => week(day, -1), next_week: (day) => week(day, 1),
  this_month: months(0), last_month: months(-1), next_month: months(1),
  this_quarter: (day) => quarter(day, 0), last_quarter: (day) => quarter(day, -1), next_quarter: (day) => quarter(day, 1),
  this_year: year(0), last_year: year(-1),
  last_7_days: days(-6, 1), last_30_days: days(-29, 1), last_90_days: days(-89, 1), next_7_days: days(0, 7), next_30_days: days(0, 30),
  past: (day) => [FIRST, day], future: (day) => [plus(day, 1), LAST],
};

/** The day a period begins and the day after its last; null for a period this client does not know. */
export function periodOf(key: string, now: Date): Range | null {
  return PERIODS[key]?.(plus(now, 0)) ?? null;
}
