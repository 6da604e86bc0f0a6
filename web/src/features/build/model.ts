import type { Filter, Localized, ObjectType, Reference } from "@/api/types";

/** Shapes of the configuration as those who shape it read and write it. */

export type Operation = { kind: string } & Record<string, unknown>;

export interface Section {
  label: Localized;
  fields: string[];
  columns?: 1 | 2;
  collapsed?: boolean;
  visible_when?: Filter | null;
}
export interface Layout {
  highlights: string[];
  path: string | null;
  sections: Section[];
  related: { object: string; field: string }[];
}
export interface NamedLayout {
  key: string;
  label: Localized;
  roles: string[];
  record_types: string[];
  layout: Layout;
}
export interface Rule {
  key: string;
  error_when: string;
  message: Localized;
  field: string | null;
  active: boolean;
  held: boolean;
}
export interface UniqueTogether {
  key: string;
  fields: string[];
}

/** A field as it is written; the catalog's own `Field` is what readers see of it. */
export interface FieldDesign {
  help: Localized | null;
  required: boolean;
  unique: boolean;
  searchable: boolean;
  indexed: boolean;
  config: Record<string, unknown>;
  default: unknown;
  default_formula: string | null;
  placeholder: Localized | null;
  visible_when: Filter | null;
  required_when: Filter | null;
  readonly_when: Filter | null;
}
export interface ArchivedField {
  id: string;
  api_name: string;
  label: Localized;
  type: string;
}
export interface Design {
  layout: Layout;
  layouts: NamedLayout[];
  rules: Rule[];
  unique_together: UniqueTogether[];
  record_type_field: string | null;
  subtitle_field: string | null;
  board_field: string | null;
  board_sum_field: string | null;
  quick_create: string[];
  searchable: boolean;
  fields: Record<string, FieldDesign>;
  archived_fields: ArchivedField[];
}
export type Designed = ObjectType & { design: Design };

export interface ChangeSetDoc {
  id: string;
  name: string;
  note: string | null;
  state: "draft" | "published" | "discarded";
  base_version: number;
  version: number;
  operations: Operation[];
  created_by: Reference | null;
  created_at: string;
  updated_by: Reference | null;
  updated_at: string;
}
export interface Impact {
  kind: string;
  summary: Localized | string;
  rows_affected: number;
  values_lost: number;
  reversible: boolean;
  breaking?: number | null;
  lock_ms?: number | null;
  lock?: string | null;
  seconds?: number | null;
  uses?: Use[];
}
export interface Clash {
  object: string;
  field: string | null;
  setting: string;
}
export interface Preview {
  operations: Impact[];
  clashes: Clash[];
}
export interface Change {
  id: string;
  version: number;
  name: string | null;
  note: string | null;
  at?: string;
  created_at?: string;
  actor: Reference | null;
  reverted_by: string | null;
  operations: (Operation & Partial<Impact>)[];
}
export interface Use {
  kind: string;
  object: string;
  field: string | null;
  name: string | null;
}
export interface Filled {
  filled: number;
  last_used: string | null;
  uses: number;
}

const MERGED = new Set(["update_object", "update_field"]);
const same = (one: Operation, other: Operation) => one.kind === other.kind && one["object"] === other["object"] && one["field"] === other["field"];

/** The draft with one edit more: what sets the same place twice in a row becomes one operation. */
export function withOperation(operations: readonly Operation[], next: Operation): Operation[] {
  const last = operations.at(-1);
  if (!last || !MERGED.has(next.kind) || !same(last, next)) return [...operations, next];
  return [...operations.slice(0, -1), { ...last, set: { ...(last["set"] as object), ...(next["set"] as object) } }];
}

/** A list with one member moved to another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [taken] = next.splice(from, 1);
  if (taken !== undefined) next.splice(to, 0, taken);
  return next;
}

export const bothLanguages = (zh: string, en: string): Localized => ({ "zh-CN": zh.trim() || en.trim(), en: en.trim() || zh.trim() });
/** A text in two languages as it is sent: blank ones left out, nothing where both are. */
export function kept(label: Localized | null | undefined): Localized | null {
  const said = Object.fromEntries(Object.entries(label ?? {}).filter(([, text]) => text?.trim()));
  return Object.keys(said).length ? said : null;
}
