import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Filter, Localized } from "@/api/types";

export interface GradingRule {
  id: string;
  object: string;
  name: string;
  condition: Filter;
  field: string;
  value: string;
  days: number | null;
  active: boolean;
  position: number;
  owner: { id: string; label: string | null } | null;
  version: number;
  held: number;
  broken: boolean;
}
export interface Required { fields: { field: string; weight: number }[]; chosen: boolean; version: number }
export interface CompletenessGroup { key: string | null; label: Localized | string | null; records: number; filled: number; required: number; complete: number }
export interface CompletenessData { required: Required; groups: CompletenessGroup[] }
export interface LeastRecord { id: string; title: string | null; filled: number; required: number; missing: string[] }

export const gradingKeys = { all: ["grading"] as const, completeness: ["completeness"] as const };

export const useRules = (object: string) =>
  useQuery({ queryKey: [...gradingKeys.all, object], enabled: Boolean(object), queryFn: ({ signal }) => api.get<{ rules: GradingRule[] }>("/grading/rules", { query: { object }, signal }) });

export const useCompleteness = (object: string, by: string) =>
  useQuery({ queryKey: [...gradingKeys.completeness, object, by], queryFn: ({ signal }) => api.get<CompletenessData>(`/completeness/${object}`, { query: { by }, signal }) });

export const useLeast = (object: string, owner: string | null) =>
  useQuery({ queryKey: [...gradingKeys.completeness, object, "least", owner], enabled: owner !== null, queryFn: ({ signal }) => api.get<{ records: LeastRecord[] }>(`/completeness/${object}/records`, { query: { owner: owner || undefined }, signal }) });

export function useRefresh() {
  const client = useQueryClient();
  return () => Promise.all(Object.values(gradingKeys).map((queryKey) => client.invalidateQueries({ queryKey })));
}
