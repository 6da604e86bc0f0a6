import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";

export interface TeamData {
  people: { id: string; label: string | null; counts: Record<string, number>; total: number }[];
  reasons: Record<string, Localized>;
}

/** How much of what waits for whom the reader leads; nobody for who leads none. */
export function useTeam(enabled: boolean) {
  return useQuery({ queryKey: ["today", "team"], enabled, staleTime: 30_000, queryFn: ({ signal }) => api.get<TeamData>("/today/team", { signal }) });
}
