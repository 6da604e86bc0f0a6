import type { Localized, RecordData } from "@/api/types";

export type Action = "done" | "log" | "step" | "open";
export interface TodayItem {
  object: string;
  reason: string;
  since: string | null;
  overdue: boolean;
  record: RecordData & { title: string | null };
  actions: Action[];
}
export interface TodayData {
  items: TodayItem[];
  done: number;
  reasons: Record<string, Localized>;
  more: string[];
  snoozed: number;
}
export const keyOf = (item: TodayItem) => `${item.reason}:${item.record.id}`;

/** Items under the reasons they are there for, in the order in which they came. */
export function byReason(items: TodayItem[]): [string, TodayItem[]][] {
  const groups = new Map<string, TodayItem[]>();
  for (const item of items) groups.set(item.reason, [...(groups.get(item.reason) ?? []), item]);
  return [...groups];
}

/** Whole days that have passed since a moment, never less than none. */
export function daysSince(moment: string, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - new Date(moment).getTime()) / 864e5));
}
