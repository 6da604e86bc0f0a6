import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import type { Filter } from "@/api/types";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import type { ChangedDeal, ChangesData, Judgement, SheetData, Snapshot } from "./model";

export const forecastKeys = { all: ["forecast"] as const };
type Query = Record<string, string | undefined>;

export const useSheet = (period: string | undefined) =>
  useQuery({ queryKey: [...forecastKeys.all, "sheet", period], queryFn: ({ signal }) => api.get<SheetData>("/forecasts", { query: { period }, signal }), placeholderData: (old) => old });

export const useSnapshots = () =>
  useQuery({ queryKey: [...forecastKeys.all, "snapshots"], queryFn: ({ signal }) => api.get<{ snapshots: Snapshot[] }>("/forecasts/snapshots", { signal }) });

export const useChanges = (query: Query, enabled: boolean) =>
  useQuery({ queryKey: [...forecastKeys.all, "changes", query], enabled, queryFn: ({ signal }) => api.get<ChangesData>("/forecasts/changes", { query, signal }), placeholderData: (old) => old });

export const useChangedDeals = (query: Query) =>
  useQuery({ queryKey: [...forecastKeys.all, "changed", query], queryFn: ({ signal }) => api.get<{ deals: ChangedDeal[] }>("/forecasts/changes/deals", { query, signal }) });

export const useJudgements = (query: Query) =>
  useQuery({ queryKey: [...forecastKeys.all, "judgements", query], queryFn: ({ signal }) => api.get<{ history: Judgement[] }>("/forecasts/judgements", { query, signal }) });

export function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: forecastKeys.all });
}

/** Opens the list with the very deals behind a figure. */
export function useSeeDeals() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  return async (query: Query) => {
    try {
      const { object, where } = await api.get<{ object: string; where: Filter }>("/forecasts/deals", { query });
      await navigate({ to: "/o/$object", params: { object }, search: { where } });
    } catch (error) {
      complain(error, t);
    }
  };
}
