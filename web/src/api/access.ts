import type { Filter, Localized, Reference } from "./types";

/** The words of rights, in the order in which screens show them. */
export const ACTIONS = ["read", "create", "update", "delete", "export", "import", "transfer", "bulk"] as const;
export const SCOPES = ["none", "own", "subordinates", "department", "department_below", "departments", "parent", "filter", "all"] as const;
export const LEVELS = ["hidden", "masked", "read", "edit"] as const;
export const POWERS = ["configure", "people", "roles", "security", "audit"] as const;
export const HOLDER_KINDS = ["user", "position", "department", "group"] as const;
export type Action = (typeof ACTIONS)[number];
export type Scope = (typeof SCOPES)[number];
export type Level = (typeof LEVELS)[number];
export type Power = (typeof POWERS)[number];
export type HolderKind = (typeof HOLDER_KINDS)[number];
/** Rights to all objects that a role does not name. */
export const EVERY_OBJECT = "*";

export interface Grant {
  scope: Scope;
  departments: string[];
  condition: Filter | null;
}
export interface FieldAccess {
  level: Level;
  unmask: boolean;
}
export type Grants = Record<string, Partial<Record<Action, Grant>>>;
export type FieldLevels = Record<string, Record<string, FieldAccess>>;

export interface RoleHead {
  key: string;
  label: Localized;
  description: Localized;
  kind: "standard" | "custom";
  locked: boolean;
  powers: Power[];
  version: number;
  holders: number;
}
export interface Role extends RoleHead {
  grants: Grants;
  fields: FieldLevels;
}

export interface Holder {
  id: string;
  role: string;
  kind: HolderKind;
  holder: Reference;
  starts_at: string | null;
  ends_at: string | null;
  people: number;
}

export interface Reason {
  kind: "role" | "rule" | "share" | "system";
  key: string;
  scope: Scope | null;
  label: Localized;
}
export type ShareAccess = "read" | "edit";
export interface Share {
  id: string;
  principal: string;
  label: string | null;
  access: ShareAccess;
  kind: "share" | "team";
  team_role: string | null;
  until: string | null;
  ended: boolean;
}
export interface RecordAccess {
  count: number;
  people: { id: string; label: string | null; owner: boolean; edit: boolean; reasons: Reason[] }[];
  groups: { reason: Reason; count: number }[];
  shares: Share[];
  may_share: boolean;
}

export interface SharingRule {
  id: string;
  object: string;
  name: Localized;
  condition: Filter;
  principals: { principal: string; label: string | null }[];
  access: ShareAccess;
  active: boolean;
  version: number;
}

export interface Organisation {
  memberships: { user: string; department: string; kind: "member" | "deputy" }[];
  group_members: { group: string; user: string }[];
}
