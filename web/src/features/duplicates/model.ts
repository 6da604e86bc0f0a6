import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";
import "./words";

export type PairState = "open" | "later" | "different";
interface Named {
  id: string;
  title: string | null;
}
export interface Pair {
  id: string;
  object: string;
  record: Named;
  other_object: string;
  other: Named;
  score: number;
  reasons: { same?: "name" | "near" | "alike" | "code" | "phone" | "email" | "city" | "person"; rule?: Localized }[];
  source: "accepted" | "offered" | "import" | "scan";
  cluster: string | null;
}
export interface Scan {
  id: string;
  state: "waiting" | "running" | "done" | "cancelling" | "cancelled" | "failed";
  progress: { phase?: "reading" | "comparing" | "writing" | "storing" | "done" };
  result: { rows?: number; pairs?: number; seconds?: number };
}
export interface MergePreview {
  records: Named[];
  fields: { field: string; values: Record<string, unknown>; chosen: string; many: boolean; differs: boolean }[];
  children: { object: string; label: Localized; field: string; counts: Record<string, number> }[];
}
export interface Merged {
  id: string;
  object: string;
  survivor: Named;
  at: string;
  by: string | null;
  state: "done" | "undone";
  told: { moved?: Record<string, number> };
  others: Named[];
}
export interface Undone {
  kept_values: string[];
  kept_children: Record<string, number>;
}

export const isRunning = (scan: Scan | null | undefined) => scan != null && ["waiting", "running", "cancelling"].includes(scan.state);
/** Objects whose records may be merged by the reader; people and departments are not customers. */
export function useMergeable() {
  return useCatalog().navigation.filter((type) => type.permissions.update && !["user", "department", "position", "user_group"].includes(type.api_name));
}

export const usePairs = (object: string, state: PairState) =>
  useQuery({ queryKey: ["duplicate-pairs", object, state], queryFn: () => api.get<{ pairs: Pair[]; total: number }>("/duplicates/pairs", { query: { object, state } }), enabled: object !== "" });

export function useScan(object: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["duplicate-scan", object],
    queryFn: async () => {
      const { scan } = await api.get<{ scan: Scan | null }>("/duplicates/scan", { query: { object } });
      if (!isRunning(scan)) void client.invalidateQueries({ queryKey: ["duplicate-pairs", object] });
      return scan;
    },
    enabled: object !== "",
    refetchInterval: ({ state: { data } }) => (isRunning(data) ? 1_500 : false),
  });
}
export const useMerges = () => useQuery({ queryKey: ["merges"], queryFn: () => api.get<{ merges: Merged[] }>("/duplicates/merges").then((found) => found.merges) });
