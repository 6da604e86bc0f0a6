import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { Ageing, Balance, By, Instalment, OpenItems, Report, StatementData, Summary } from "./model";

const ALL = ["receivables"] as const;
/** What an act may change: each list and page of these is read again. */
const TOUCHED = ["payment", "payment_plan", "allocation", "refund", "invoice", "invoice_request", "contract", "sales_order", "account"];

export const useAgeing = (by: By) => useQuery({ queryKey: [...ALL, "ageing", by], placeholderData: keepPreviousData, queryFn: ({ signal }) => api.get<Ageing>("/receivables/ageing", { query: { by }, signal }) });
export const useSummary = () => useQuery({ queryKey: [...ALL, "summary"], queryFn: ({ signal }) => api.get<Summary>("/receivables/summary", { signal }) });
export const useStatement = (account: string, query: { from: string; to: string; currency?: string | undefined }) =>
  useQuery({ queryKey: [...ALL, "statement", account, query], placeholderData: keepPreviousData, queryFn: ({ signal }) => api.get<StatementData>(`/receivables/statement/${account}`, { query, signal }) });
export const useBalance = (account: string, version?: number) => useQuery({ queryKey: [...ALL, "balance", account, version], retry: false, placeholderData: keepPreviousData, queryFn: ({ signal }) => api.get<Balance>(`/receivables/balance/${account}`, { signal }) });
export const useOpenItems = (payment: string) => useQuery({ queryKey: [...ALL, "open", payment], gcTime: 0, queryFn: ({ signal }) => api.get<OpenItems>(`/payments/${payment}/open`, { signal }) });
export const usePlan = (object: string, id: string) =>
  useQuery({ queryKey: [...ALL, "plan", object, id], gcTime: 0, queryFn: ({ signal }) => api.get<{ version: number; total: string | null; currency: string; instalments: Instalment[] }>(`/plans/${object}/${id}`, { signal }) });
export const useTemplates = () => useQuery({ queryKey: [...ALL, "templates"], staleTime: Infinity, queryFn: () => api.get<{ templates: { key: string; label: Record<string, string>; counted: boolean }[] }>("/plans/templates").then((found) => found.templates) });
export const useReport = (enabled: boolean) => useQuery({ queryKey: [...ALL, "reconciliation"], enabled, queryFn: ({ signal }) => api.get<Report>("/receivables/reconciliation", { signal }) });

export function useRefreshMoney() {
  const client = useQueryClient();
  return () => Promise.all([client.invalidateQueries({ queryKey: ALL }), ...TOUCHED.map((object) => client.invalidateQueries({ queryKey: ["records", object] }))]);
}

/** Does one thing at a time; a double click does it once. Says what was done, or why it could not be. */
export function useMoneyAct() {
  const { t } = useSpeech();
  const refresh = useRefreshMoney();
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const act = async <T,>(work: () => Promise<T>, said: string): Promise<T | null> => {
    if (running.current) return null;
    running.current = true;
    setBusy(true);
    try {
      const answer = await work();
      toast(said);
      await refresh();
      return answer;
    } catch (error) {
      complain(error, t);
      if (error instanceof ProblemError && error.status === 409) await refresh();
      return null;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { act, busy };
}
