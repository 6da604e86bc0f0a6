import { useQueryClient } from "@tanstack/react-query";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { mayEdit } from "@/features/base/rights";
import { useWrites, type Values } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { formatDate } from "@/ui/format";
import { isLocked } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import { dayFrom, dayOf, shifted } from "./month";

const DAY_MS = 864e5;
/** Rounded, because a day in which clocks change is not of that length. */
const daysBetween = (from: string, to: string) => Math.round((dayOf(to).getTime() - dayOf(from).getTime()) / DAY_MS);

/** Records moved to another time, their end with them or alone; each move can be undone from the toast. */
export function useMoves(type: ObjectType, start: Field | undefined, end: Field | undefined) {
  const client = useQueryClient();
  const writes = useWrites(type.api_name);
  const scopeOf = useScopeOf(type);
  const { t, language } = useSpeech();
  const parts = [start, end].filter((field): field is Field => field !== undefined);
  const open = (field: Field, record: RecordData) => mayEdit(type, field) && !isLocked(field, scopeOf(record));
  const may = (record: RecordData) => parts.length > 0 && parts.every((field) => open(field, record));
  const mayStretch = (record: RecordData) => end !== undefined && open(end, record);

  /** Shown at once; refused, it goes back with the server's reason. True where it was taken. */
  const put = async (record: RecordData, values: Values, said: string): Promise<boolean> => {
    const saved = await writes.patch(record, values, { said }).catch(() => null);
    await client.invalidateQueries({ queryKey: keys.lists(type.api_name) });
    return saved !== null;
  };
  const name = (record: RecordData) => String(record[type.title_field] ?? "");
  const saidOf = (record: RecordData, values: Values) => t("calendar.moved", { name: name(record), day: formatDate(dayFrom(values[start?.api_name ?? ""]) ?? "", language) });
  const move = async (record: RecordData, days: number) => {
    if (days === 0 || !start || !may(record)) return;
    const values = Object.fromEntries(parts.filter((field) => record[field.api_name]).map((field) => [field.api_name, shifted(record[field.api_name], field, days)]));
    await put(record, values, saidOf(record, values));
  };
  /** Days by which the beginning and the end go; one without an end gets one. */
  const stretch = async (record: RecordData, by: { start: number; end: number }) => {
    if (!start || !end || (by.start === 0 && by.end === 0) || !mayStretch(record) || (by.start !== 0 && !open(start, record))) return;
    const values: Values = {};
    if (by.start !== 0) values[start.api_name] = shifted(record[start.api_name], start, by.start);
    if (by.end !== 0) values[end.api_name] = shifted(record[end.api_name] ?? record[start.api_name], end, by.end);
    const after = { ...record, ...values };
    const [from, to] = [dayFrom(after[start.api_name]) ?? "", dayFrom(after[end.api_name] ?? after[start.api_name]) ?? ""];
    await put(record, values, t("timeline.stretched", { name: name(record), from: formatDate(from, language), to: formatDate(to, language) }));
  };
  return { may, mayStretch, move, stretch, put, saidOf, moveTo: (record: RecordData, from: string, to: string) => move(record, daysBetween(from, to)) };
}

export type Moves = ReturnType<typeof useMoves>;
