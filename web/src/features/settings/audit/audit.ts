import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";

export type Outcome = "done" | "denied" | "failed";
export type UseKind = "read" | "export" | "unmask" | "claim";
interface Named { id: string | null; name: string | null }

export interface AuditEntry {
  id: string;
  source: "entry" | "change";
  at: string;
  actor: Named & { kind: string; kind_label: string };
  real_user: Named | null;
  action: string;
  action_label: string;
  outcome: Outcome;
  outcome_label: string;
  object: { name: string; label: string } | null;
  record: string | null;
  target: Record<string, unknown>;
  detail: Record<string, unknown>;
  fields: string[];
  changes: { field: string; label: string; from: string | null; to: string | null }[] | null;
  address: string | null;
  client: string | null;
  session: string | null;
}

export interface Words {
  actions: { key: string; label: string }[];
  people: { id: string; name: string }[];
  objects: { name: string; label: string }[];
  roles: { key: string; label: string }[];
}

export interface Alarm {
  id: string;
  at: string;
  kind: UseKind;
  reason: "limit" | "habit" | "refused";
  user: Named;
  amount: number;
  most: number;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  note: string | null;
}

export interface Limit { kind: UseKind; role: string | null; alarm_at: number | null; refuse_at: number | null; habit_factor: number | null }
export interface AuditSettings { hot_days: number; hold: boolean; version: number }
export interface Seals { head: string | null; waiting: number; seals: { seq: number; at: string; count: number; hash: string }[] }
export interface Verdict { intact: boolean; seals: number; entries: number; unsealed: number; head: string | null; fault: string | null; seq: number | null; entry: string | null; file: string | null }

export const filterNames = ["since", "until", "actor", "action", "object", "record", "outcome", "text"] as const;
export type AuditFilters = Partial<Record<(typeof filterNames)[number], string>>;

export const auditKeys = {
  entries: (filters: AuditFilters) => ["audit", "entries", filters] as const,
  entry: (id: string) => ["audit", "entry", id] as const,
  words: ["audit", "words"] as const,
  alarms: (state: string) => ["audit", "alarms", state] as const,
  allAlarms: ["audit", "alarms"] as const,
  limits: ["audit", "limits"] as const,
  seals: ["audit", "seals"] as const,
};

interface Page { entries: AuditEntry[]; next_cursor: string | null }

export const useEntries = (filters: AuditFilters) =>
  useInfiniteQuery({
    queryKey: auditKeys.entries(filters),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => api.get<Page>("/audit/entries", { query: { ...filters, cursor: pageParam }, signal }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const useWords = () => useQuery({ queryKey: auditKeys.words, queryFn: () => api.get<Words>("/audit/words"), staleTime: 60_000 });

const plain = (value: unknown): string => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : value === null || value === undefined ? "" : JSON.stringify(value));

/** Details as lines of name and value, those that say nothing left out. */
export function lines(document: Record<string, unknown>): [string, string][] {
  return Object.entries(document).flatMap(([name, value]) => {
    const text = plain(value);
    return text === "" ? [] : [[name, text] as [string, string]];
  });
}

/** What a row says in short: the fields that changed, or the target and a few details. */
export function gist(entry: AuditEntry): string {
  if (entry.source === "change") return entry.fields.join("、");
  return lines({ ...entry.detail, ...entry.target, object: undefined }).filter(([name]) => name !== "count").slice(0, 4).map(([name, text]) => `${name}: ${text}`).join(" · ");
}
