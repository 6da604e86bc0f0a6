import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";

export type HealthState = "good" | "warn" | "bad" | "unknown";

export interface Check {
  key: string;
  label: string;
  state: HealthState;
  says: string;
  advice: string | null;
}

export interface Failure {
  name: string;
  times: number;
  code: string;
  reason: string | null;
  last_at: string;
}

export interface SlowPlace {
  kind: "request" | "job";
  route: string;
  object_label: string | null;
  view_id: string | null;
  view: string | null;
  times: number;
  longest_ms: number;
  median_ms: number;
  last_at: string;
}

export interface Health {
  state: HealthState;
  at: string;
  sections: { key: string; label: string; state: HealthState; checks: Check[] }[];
  failures: Failure[];
  slow: SlowPlace[];
}

const EVERY_MS = 15_000;

export const toneOf = { good: "green", warn: "yellow", bad: "red", unknown: "gray" } as const satisfies Record<HealthState, string>;

export function useHealth(language: string) {
  return useQuery({ queryKey: ["health", language], queryFn: ({ signal }) => api.get<Health>("/health/details", { signal }), refetchInterval: EVERY_MS });
}
