import type { Field, Filter, ObjectType, RecordData } from "@/api/types";
import { hasTime } from "@/features/base/viewKinds";
import { dayKey, dayOf, inRange, plusDays, shifted } from "./month";
import { isRule, occurrences } from "./recurrence";

/** Something on a calendar: a record where it lies, or a later time of one that repeats. */
export interface Entry {
  id: string;
  record: RecordData;
  start: Date;
  /** After its last moment; null where nothing says how long it lasts. */
  end: Date | null;
  allDay: boolean;
  /** Lasts a day or longer though it has hours: drawn as one bar over its days. */
  spans: boolean;
  isRepeat: boolean;
}

const DAY_MS = 864e5;

/** The day after the last one that something touches. */
export const dayAfter = (end: Date) => (end.getHours() + end.getMinutes() + end.getSeconds() === 0 ? end : plusDays(end, 1));

/** What the calendar reads of rules: they are fields of activities, the one object it knows by name. */
export const repeatsOf = (type: ObjectType): { rule: string; until: string; done: string } | null => {
  const has = (name: string) => type.fields.some((field) => field.api_name === name && field.access !== "masked" && field.operators.length > 0);
  return type.api_name === "activity" && has("repeats") && has("repeat_until") && has("done") ? { rule: "repeats", until: "repeat_until", done: "done" } : null;
};

/** Records in these days, and those from before whose rule leads into them. */
export function withRepeats(type: ObjectType, start: Field, end: Field | undefined, first: Date, last: Date): Filter {
  const within = inRange(start, end, first, last);
  const rule = repeatsOf(type);
  if (!rule) return within;
  const before: Filter = { field: start.api_name, op: "lt", value: hasTime(start) ? first.toISOString() : dayKey(first) };
  const lasts: Filter = { or: [{ field: rule.until, op: "is_empty" }, { field: rule.until, op: "gte", value: dayKey(first) }] };
  return { or: [within, { and: [before, { field: rule.rule, op: "is_not_empty" }, { field: rule.rule, op: "ne", value: "none" }, { field: rule.done, op: "ne", value: true }, lasts] }] };
}

const at = (value: unknown, field: Field): Date | null => (typeof value !== "string" || !value ? null : hasTime(field) ? new Date(value) : dayOf(value.slice(0, 10)));

/** Where a record ends on a calendar; a last day is included, so it ends with the next. */
function endOf(record: RecordData, start: Date, end: Field | undefined): Date | null {
  const last = end ? at(record[end.api_name], end) : null;
  if (!end || !last) return null;
  const after = hasTime(end) ? last : plusDays(last, 1);
  return after > start ? after : null;
}

/** Records as a calendar draws them between two days, with the later times of those that repeat. */
export function entriesOf(type: ObjectType, records: readonly RecordData[], start: Field, end: Field | undefined, first: Date, last: Date): Entry[] {
  const repeats = repeatsOf(type);
  const after = plusDays(last, 1);
  return records.flatMap((record): Entry[] => {
    const begins = at(record[start.api_name], start);
    if (!begins) return [];
    const ends = endOf(record, begins, end);
    const own: Entry = { id: record.id, record, start: begins, end: ends, allDay: !hasTime(start), spans: hasTime(start) && ends !== null && ends.getTime() - begins.getTime() >= DAY_MS, isRepeat: false };
    const rule = repeats && record[repeats.done] !== true ? record[repeats.rule] : null;
    if (!repeats || !isRule(rule)) return [own];
    const until = record[repeats.until];
    const lasting = ends ? ends.getTime() - begins.getTime() : null;
    return [own, ...occurrences(begins, rule, typeof until === "string" && until ? dayOf(until) : null, first, after).map((time): Entry => ({ ...own, id: `${record.id}@${dayKey(time)}`, start: time, end: lasting === null ? null : new Date(time.getTime() + lasting), isRepeat: true }))];
  });
}

/** A value some days and milliseconds later; of a day only the days count. */
export function shiftedBy(value: unknown, field: Field, days: number, ms: number): unknown {
  const moved = shifted(value, field, days);
  return hasTime(field) && typeof moved === "string" ? new Date(Date.parse(moved) + ms).toISOString() : moved;
}

/** What a calendar's end is as a value of the field: of a day the last one that is covered. */
export const endValue = (field: Field, end: Date) => (hasTime(field) ? end.toISOString() : dayKey(plusDays(end, end.getHours() + end.getMinutes() === 0 ? -1 : 0)));
