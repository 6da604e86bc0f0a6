import type { RecordData } from "@/api/types";
import { dayFrom, dayKey, dayOf, plusDays } from "../calendar/month";

export const zooms = ["day", "week", "month"] as const;
export type Zoom = (typeof zooms)[number];

/** How wide a day is, and how many days lie before and after the day that is looked at. */
export const SCALE: Record<Zoom, { width: number; before: number; after: number }> = {
  day: { width: 36, before: 21, after: 56 },
  week: { width: 14, before: 70, after: 140 },
  month: { width: 4, before: 240, after: 480 },
};

const DAY_MS = 864e5;
/** Rounded, because a day in which clocks change is not of that length. */
export const daysFrom = (first: Date, key: string) => Math.round((dayOf(key).getTime() - first.getTime()) / DAY_MS);

export interface Range {
  first: Date;
  days: number;
}
export function rangeAround(day: string, zoom: Zoom): Range {
  const { before, after } = SCALE[zoom];
  return { first: plusDays(dayOf(day), -before), days: before + after };
}

export interface Bar {
  /** In days from the first one shown. */
  from: number;
  length: number;
  begins: string;
  ends: string;
}

/** Where a record lies, its last day included; nothing where it has no beginning or lies elsewhere. */
export function barOf(record: RecordData, start: string, end: string | undefined, { first, days }: Range): Bar | null {
  const begins = dayFrom(record[start]);
  if (!begins) return null;
  const last = (end && dayFrom(record[end])) || begins;
  const ends = last < begins ? begins : last;
  const from = Math.max(0, daysFrom(first, begins));
  const until = Math.min(days - 1, daysFrom(first, ends));
  return until < 0 || from > days - 1 || until < from ? null : { from, length: until - from + 1, begins, ends };
}

export interface Tick {
  at: number;
  length: number;
  label: string;
}

/** Two lines of marks: months above, below them days or weeks; where months are narrow, years above months. */
export function ticksOf({ first, days }: Range, zoom: Zoom, language: string): { upper: Tick[]; lower: Tick[] } {
  const upperFormat = new Intl.DateTimeFormat(language, zoom === "month" ? { year: "numeric" } : { year: "numeric", month: "long" });
  const lowerFormat = new Intl.DateTimeFormat(language, zoom === "month" ? { month: "short" } : { day: "numeric" });
  const upper: Tick[] = [];
  const lower: Tick[] = [];
  const put = (ticks: Tick[], at: number, label: string) => {
    const last = ticks[ticks.length - 1];
    if (last) last.length = at - last.at;
    ticks.push({ at, length: days - at, label });
  };
  for (let at = 0; at < days; at++) {
    const day = plusDays(first, at);
    if (at === 0 || (zoom === "month" ? day.getDate() === 1 && day.getMonth() === 0 : day.getDate() === 1)) put(upper, at, upperFormat.format(day));
    const isMark = zoom === "day" || (zoom === "week" ? day.getDay() === 1 : day.getDate() === 1);
    if (at === 0 || isMark) put(lower, at, lowerFormat.format(day));
  }
  return { upper, lower };
}

/** Days by which a bar was dragged, kept from ending before it begins. */
export function dragged(edge: "move" | "start" | "end", days: number, bar: Pick<Bar, "begins" | "ends">): { start: number; end: number } {
  const length = daysFrom(dayOf(bar.begins), bar.ends);
  if (edge === "move") return { start: days, end: days };
  return edge === "start" ? { start: Math.min(days, length), end: 0 } : { start: 0, end: Math.max(days, -length) };
}

export const shiftKey = (key: string, days: number) => dayKey(plusDays(dayOf(key), days));
