import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import type { Filter, Page, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { Dashboard, Outcome, Pool, PoolRequest, PoolRun, Preview } from "./model";

export const usePools = () => useQuery({ queryKey: ["pools"], queryFn: () => api.get<{ pools: Pool[] }>("/pools").then((found) => found.pools) });
export const usePool = (id: string) => useQuery({ queryKey: ["pools", id], queryFn: () => api.get<Pool>(`/pools/${id}`) });
export const useDashboard = (id: string, days: number) => useQuery({ queryKey: ["pools", id, "dashboard", days], queryFn: () => api.get<Dashboard>(`/pools/${id}/dashboard`, { query: { days } }), placeholderData: keepPreviousData });
export const useRequests = (id: string) => useQuery({ queryKey: ["pools", id, "requests"], queryFn: () => api.get<{ requests: PoolRequest[] }>(`/pools/${id}/requests`).then((found) => found.requests) });
export const usePreview = (id: string) => useQuery({ queryKey: ["pools", id, "preview"], queryFn: () => api.get<Preview>(`/pools/${id}/recycle-preview`) });
export const useRuns = (id: string) => useQuery({ queryKey: ["pools", id, "runs"], queryFn: () => api.get<{ runs: PoolRun[] }>(`/pools/${id}/runs`).then((found) => found.runs) });

/** What lies in the pool, longest first, as it grows by cursor. */
export function useWaiting(id: string, search: string, where: Filter | null) {
  const body = { sort: [{ field: "pooled_at", direction: "asc" }], limit: 50, count: "capped", ...(search.trim() ? { search } : {}), ...(where ? { where } : {}) };
  return useInfiniteQuery({
    queryKey: ["pools", id, "waiting", body],
    initialPageParam: null as string | null,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.post<Page & { count?: { value: number } }>(`/pools/${id}/query`, { ...body, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** Everything done to records of a pool; what was read of it is read again. */
export function usePoolActions(pool: { id: string }, object: string) {
  const client = useQueryClient();
  const { t } = useSpeech();
  const again = () => {
    void client.invalidateQueries({ queryKey: ["pools"] });
    void client.invalidateQueries({ queryKey: keys.object(object) });
  };
  // The second half of a double click asks for what is under way.
  const [under] = useState(() => new Set<string>());
  const send = async <T>(path: string, body: unknown): Promise<T | null> => {
    const asked = `${path} ${JSON.stringify(body)}`;
    if (under.has(asked)) return null;
    under.add(asked);
    try {
      return (await api.post<T>(path, body)) ?? ({} as T);
    } catch (error) {
      // A refusal by a rule of the pool says all there is to say; it has no fault to report.
      if (error instanceof ProblemError && error.status === 409) toast(error.message, { tone: "danger" });
      else complain(error, t);
      return null;
    } finally {
      under.delete(asked);
      again();
    }
  };
  const move = (what: string, body: object) => send<{ results: Outcome[] }>(`/pools/${pool.id}/${what}`, body).then((found) => found?.results ?? null);
  return {
    /** The outcomes, said in one sentence; null where nothing of it was possible. */
    claim: async (records: RecordData[], name: (record: RecordData) => string) => {
      const results = await move("claim", { ids: records.map((record) => record.id) });
      if (!results) return null;
      const failed = results.filter((each) => each.status === "error");
      if (results.some((each) => each.status === "asked")) toast(t("pools.asked"));
      else if (failed.length) toast(t("pools.claimedSome", { n: results.length - failed.length, m: failed.length, why: failed[0]?.error?.title ?? "" }), { tone: "danger" });
      else toast(records.length === 1 && records[0] ? t("pools.claimed", { name: name(records[0]) }) : t("pools.claimedMany", { n: results.length }));
      return results;
    },
    assign: (ids: string[], to: string) => move("assign", { ids, to }),
    transfer: (ids: string[], to: string) => move("transfer", { ids, to }),
    lock: (ids: string[], locked: boolean) => move(locked ? "lock" : "unlock", { ids }),
    release: (id: string, reason: string, to: string | null) => send("/pools/release", { object, ids: [id], reason, ...(to ? { pool: to } : {}) }),
    put: (id: string, to: string, reason: string) => send(`/pools/${to}/put`, { ids: [id], ...(reason.trim() ? { reason } : {}) }),
    accept: (id: string) => send("/pools/accept", { ids: [id] }),
    extend: (id: string, reason: string) => send("/pools/extend", { object, id, ...(reason.trim() ? { reason } : {}) }),
    decide: (id: string, grant: boolean, answer: string) => send(`/pools/requests/${id}/decide`, { grant, ...(answer.trim() ? { answer } : {}) }),
    undo: (run: string) => send<{ returned: number; kept: number }>(`/pools/runs/${run}/undo`, undefined),
    log: (values: object) => send("/records/activity", values),
    again,
  };
}
