import { useQueryClient } from "@tanstack/react-query";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { mayEdit } from "@/features/base/rights";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { formatDate } from "@/ui/format";
import { isLocked } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import { dayFrom, dayOf, shifted } from "./month";

const DAY_MS = 864e5;
/** Rounded, because a day in which clocks change is not of that length. */
const daysBetween = (from: string, to: string) => Math.round((dayOf(to).getTime() - dayOf(from).getTime()) / DAY_MS);

/** Records moved to another day, their end with them; each move can be undone from the toast. */
export function useMoves(type: ObjectType, start: Field | undefined, end: Field | undefined) {
  const client = useQueryClient();
  const writes = useWrites(type.api_name);
  const scopeOf = useScopeOf(type);
  const { t, language } = useSpeech();
  const parts = [start, end].filter((field): field is Field => field !== undefined);
  const may = (record: RecordData) => parts.length > 0 && parts.every((field) => mayEdit(type, field) && !isLocked(field, scopeOf(record)));
  const move = async (record: RecordData, days: number) => {
    if (days === 0 || !start || !may(record)) return;
    const values = Object.fromEntries(parts.filter((field) => record[field.api_name]).map((field) => [field.api_name, shifted(record[field.api_name], field, days)]));
    const day = dayFrom(values[start.api_name]) ?? "";
    await writes.patch(record, values, { said: t("calendar.moved", { name: String(record[type.title_field] ?? ""), day: formatDate(day, language) }) }).catch(() => undefined);
    await client.invalidateQueries({ queryKey: keys.lists(type.api_name) });
  };
  return { may, move, moveTo: (record: RecordData, from: string, to: string) => move(record, daysBetween(from, to)) };
}

export type Moves = ReturnType<typeof useMoves>;
