import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page, RecordData } from "@/api/types";
import { keys } from "./keys";

type Lists = InfiniteData<Page>;

/** Writes what is known of a record into every cached list and its own page. */
export function mergeRecord(client: QueryClient, object: string, id: string, values: Partial<RecordData>): void {
  const merge = (record: RecordData) => (record.id === id ? { ...record, ...values, id } : record);
  client.setQueriesData<Lists>({ queryKey: keys.lists(object) }, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, records: page.records.map(merge) })) });
  client.setQueryData<RecordData>(keys.one(object, id), (record) => record && merge(record));
}

/** The same for many records at once. */
export function mergeRecords(client: QueryClient, object: string, known: ReadonlyMap<string, Partial<RecordData>>): void {
  const merge = (record: RecordData) => {
    const values = known.get(record.id);
    return values ? { ...record, ...values, id: record.id } : record;
  };
  client.setQueriesData<Lists>({ queryKey: keys.lists(object) }, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, records: page.records.map(merge) })) });
  for (const id of known.keys()) client.setQueryData<RecordData>(keys.one(object, id), (record) => record && merge(record));
}

export function dropRecords(client: QueryClient, object: string, ids: ReadonlySet<string>): void {
  client.setQueriesData<Lists>({ queryKey: keys.lists(object) }, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, records: page.records.filter((record) => !ids.has(record.id)) })) });
}

/** After a write: totals of the object are stale, and so are timelines and other objects' lists that show it. */
export function refreshAround(client: QueryClient, object: string): void {
  void client.invalidateQueries({ queryKey: keys.totals(object) });
  void client.invalidateQueries({ predicate: (query) => query.queryKey[0] === "records" && query.queryKey[2] === "timeline" });
}

export const refreshObject = (client: QueryClient, object: string) => void client.invalidateQueries({ queryKey: keys.object(object) });
