import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { AggregateBody, AggregateResult, Page, QueryBody, RecordData } from "@/api/types";
import { keys } from "./keys";

/** A window of a list that grows by cursor as it is scrolled. */
export function useRecordList(object: string, body: QueryBody, enabled = true) {
  return useInfiniteQuery({
    queryKey: keys.list(object, body),
    enabled,
    initialPageParam: null as string | null,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.post<Page>(`/records/${object}/query`, { ...body, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    getNextPageParam: (last) => last.next_cursor,
  });
}

export function useRecord(object: string, id: string | undefined) {
  return useQuery({
    queryKey: keys.one(object, id ?? ""),
    enabled: Boolean(id),
    queryFn: ({ signal }) => api.get<RecordData>(`/records/${object}/${id}`, { signal }),
  });
}

/** Counts and sums load apart from the rows and never before them. */
export function useTotals(object: string, body: AggregateBody, enabled = true) {
  return useQuery({
    queryKey: keys.total(object, body),
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.post<AggregateResult>(`/records/${object}/aggregate`, body, { signal }),
  });
}

export function useCount(object: string, body: Pick<QueryBody, "where" | "search">, enabled = true) {
  const totals = useTotals(object, { ...body, measures: [{ fn: "count" }] }, enabled);
  const value = totals.data ? Number(totals.data.groups[0]?.values[0] ?? 0) : undefined;
  return { value, failed: totals.isError };
}
