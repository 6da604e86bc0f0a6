import type { Filter, RecordData } from "@/api/types";

export const RULE_KINDS = ["not_contacted", "not_followed", "no_opportunity", "opportunity_idle", "not_won", "protection"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];
export const RESETS = ["activity", "own_activity", "opportunity", "stage", "deal_activity", "edited"] as const;
export type Reset = (typeof RESETS)[number];
/** What starts the time anew unless a rule says otherwise; as the server has it. */
export const DEFAULT_RESETS: Record<RuleKind, Reset[]> = { not_contacted: [], not_followed: ["activity"], no_opportunity: [], opportunity_idle: ["opportunity", "stage", "deal_activity"], not_won: [], protection: [] };

export interface Named {
  id: string;
  label: string | null;
}

export interface Limits {
  claims_per_day: number | null;
  claims_per_batch: number;
  held: number | null;
  held_by_level: Record<string, number>;
  leave_out_won: boolean;
  gap_minutes: number | null;
  cooling_hours: number | null;
  uncontacted: number | null;
}

export interface RecycleRule {
  key: string;
  kind: RuleKind;
  days: number;
  warn_days: number;
  at: string;
  target: string | null;
  where: Filter | null;
  resets: Reset[] | null;
  enabled: boolean;
}

export interface AssignRule {
  where: Filter | null;
  people: { person: string; weight: number }[];
  territory_head: boolean;
}

export interface PoolSettings {
  managers: string[];
  members: string[];
  hidden: string[];
  limits: Limits;
  approval: boolean;
  protection_days: number | null;
  response_minutes: number | null;
  hours: { days: number[]; start: string; end: string } | null;
  assignment: { on: boolean; method: "round_robin" | "weighted" | "load"; rules: AssignRule[]; capacity: number | null; capacities: Record<string, number> };
  away: { person: string; first: string; last: string }[];
  recycle: RecycleRule[];
  extension_days: number;
  most_extensions: number;
  take_from_leavers: boolean;
  intake: boolean;
  intake_where: Filter | null;
}

export interface Pool {
  id: string;
  name: string;
  applies_to: "lead" | "account";
  active: boolean;
  description: string | null;
  manages: boolean;
  member: boolean;
  hidden: string[];
  approval: boolean;
  recycle: { key: string; kind: RuleKind; days: number }[];
  settings?: PoolSettings;
  version?: number;
}

export interface Outcome {
  id: string;
  status: "ok" | "asked" | "error";
  error?: { title: string; detail: string; code: string };
}

export interface Dashboard {
  stock: number;
  owned: number;
  uncontacted: number;
  response_seconds: number | null;
  late: number;
  days: { day: string; claimed: number; given: number; recycled: number; released: number }[];
  people: { person: Named; claimed: number; given: number; holds: number; recycled: number; response_seconds: number | null }[];
}

export interface PoolRequest {
  id: string;
  record: Named & { object: string };
  person: Named;
  kind: "claim" | "extend";
  reason: string | null;
  asked_at: string;
}

export interface PoolRun {
  id: string;
  kind: "recycle" | "assign";
  rule: string | null;
  at: string;
  count: number;
  undone_at: string | null;
  undone: number | null;
  can_undo: boolean;
}

export interface Preview {
  until: string;
  records: { id: string; title: string; owner: Named; rule: string }[];
  more: boolean;
}

export interface Owner {
  person: Named;
  from: string;
  until: string | null;
  began: string;
  ended: string | null;
  reason: string | null;
  pool: Named | null;
}

export type Can = "claim" | "release" | "extend" | "lock" | "unlock" | "assign" | "transfer" | "accept" | "put";
export interface Bar {
  pool: { id: string; name: string } | null;
  mine: boolean;
  waiting: boolean;
  locked: boolean;
  can: Can[];
  pools: { id: string; name: string; manages: boolean }[];
}

export const phoneOf = (record: RecordData): string => (typeof record["phone"] === "string" ? record["phone"] : "");

/** Whole days until a moment; nothing of a day left counts as none. */
export const daysUntil = (moment: string, now = Date.now()): number => Math.max(0, Math.floor((Date.parse(moment) - now) / 86_400_000));

export const newRule = (taken: string[]): RecycleRule => {
  let count = taken.length + 1;
  while (taken.includes(`rule${count}`)) count += 1;
  return { key: `rule${count}`, kind: "not_followed", days: 30, warn_days: 3, at: "02:00", target: null, where: null, resets: null, enabled: true };
};
