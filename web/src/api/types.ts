import type { Power } from "./access";
import type { FieldConfig } from "./fieldConfig";
import type { ObjectLayout } from "./layout";
import type { Pipeline } from "./pipelines";

export type { Choice, FieldConfig } from "./fieldConfig";
export type { LayoutSection, ObjectLayout } from "./layout";
export type { ChecklistItem, Pipeline, Stage } from "./pipelines";

/** Shapes of the API that OpenAPI cannot give, because records are typed by the workspace's catalog at run time. */

export type Language = "zh-CN" | "en";
export type Localized = Partial<Record<string, string>>;

export interface Field {
  id: string;
  api_name: string;
  type: string;
  label: Localized;
  help: Localized | null;
  placeholder?: Localized | null;
  /** Conditions this reader can judge; one that asks of something withheld is the server's alone and null here. */
  visible_when?: Filter | null;
  required_when?: Filter | null;
  readonly_when?: Filter | null;
  /** Set by the system from other fields. */
  computed?: boolean;
  required: boolean;
  unique: boolean;
  system: boolean;
  readonly: boolean;
  /** How open the field is to this reader; what a role hides is not here at all. */
  access: "edit" | "read" | "masked";
  searchable: boolean;
  sortable: boolean;
  groupable: boolean;
  aggregates: string[];
  operators: string[];
  /** Where values of the type stand; of a computed field, those of its result. */
  align?: "left" | "right" | null;
  config: FieldConfig;
}

export type Permission = "create" | "read" | "update" | "delete" | "export" | "import" | "transfer" | "bulk";

export interface ObjectType {
  id: string;
  api_name: string;
  kind: "standard" | "custom" | "system";
  label: Localized;
  label_plural: Localized;
  icon: string | null;
  color: string | null;
  position: number;
  in_navigation: boolean;
  title_field: string;
  subtitle_field: string | null;
  board_field: string | null;
  board_sum_field: string | null;
  quick_create: string[];
  fields: Field[];
  layout: ObjectLayout;
  /** The choice whose choices are the record types, and the layouts of those that have one of their own. */
  record_type_field?: string | null;
  record_type_layouts?: Record<string, ObjectLayout>;
  /** The choice whose choices are the stages of the pipelines, and the one that says which pipeline a record goes by. */
  stage_field?: string | null;
  pipeline_field?: string | null;
  pipelines?: Pipeline[];
  permissions: Record<Permission, boolean>;
}

export interface Sort {
  field: string;
  direction: "asc" | "desc";
  nulls?: "first" | "last";
}

export type Condition = { field: string; op: string; value?: unknown };
export type Filter =
  | Condition
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | { some: { relation: string; where?: Filter | null } }
  | { none: { relation: string; where?: Filter | null } };

/** Rows that satisfy `where`, or their cell of `field`, stand on a colour. */
export interface ColorRule {
  where: Filter;
  color: string;
  field?: string | null;
}

export interface ViewConfig {
  columns?: string[];
  where?: Filter | null;
  sort?: Sort[];
  group_by?: string | null;
  widths?: Record<string, number>;
  /** How many of the first columns stay while the list is scrolled sideways. */
  pinned?: number;
  colors?: ColorRule[];
  density?: "normal" | "dense" | "roomy";
  /** A calendar lies on `date_field` (to `end_field`), a gallery shows `image_field`. */
  date_field?: string | null;
  end_field?: string | null;
  image_field?: string | null;
  /** What a split list says beside the name. */
  line_field?: string | null;
  /** A board: its lanes, its mark of what is blocked, up to four fields on a card, how many cards a column should hold, days after which cards warm. */
  lane_field?: string | null;
  blocked_field?: string | null;
  card_fields?: string[];
  wip?: Record<string, number>;
  age_days?: number[];
}

export type ViewKind = "list" | "board" | "calendar" | "timeline" | "gallery" | "split";
export type ViewVisibility = "shared" | "private" | "roles";

export interface View {
  id: string;
  object: string;
  name: Localized;
  kind: ViewKind;
  visibility: ViewVisibility;
  roles?: string[];
  editable: boolean;
  position: number;
  config: ViewConfig;
}

export interface Operator {
  label: Localized;
  arity: "one" | "none" | "many" | "two";
  input: "value" | "text" | "period";
}

export interface FieldTypeInfo {
  key: string;
  label: Localized;
  config_schema: Record<string, unknown>;
  conversions: Record<string, "lossless" | "lossy">;
  uniqueable?: boolean;
  searchable?: boolean;
}

export interface Workspace {
  id: string;
  name: string;
  language: Language;
  currency: string;
}

/** `sandbox_of`: the workspace that this one is a copy of. */
export interface SessionWorkspace extends Workspace {
  sandbox_of: string | null;
}

export interface CatalogData {
  version: number;
  /** `timezone`: where its days begin. */
  workspace: Workspace & { timezone: string };
  objects: ObjectType[];
  views: View[];
  operators: Record<string, Operator>;
  periods: { key: string; label: Localized }[];
  field_types: FieldTypeInfo[];
}

export interface Money {
  amount: string | null;
  currency: string | null;
  by_currency?: { amount: string; currency: string }[];
}
export interface Reference {
  id: string;
  label: string | null;
}
export interface RecordData {
  id: string;
  version: number;
  [field: string]: unknown;
}

export interface Page {
  records: RecordData[];
  next_cursor: string | null;
  count?: { value: number; exact: boolean };
}
export interface QueryBody {
  select?: string[];
  where?: Filter | null;
  sort?: Sort[];
  limit?: number;
  cursor?: string;
  search?: string;
  count?: "none" | "exact" | "capped";
}
export interface Measure {
  fn: string;
  field?: string;
}
export interface AggregateBody {
  where?: Filter | null;
  search?: string;
  group_by?: { field: string; bucket?: string }[];
  measures: Measure[];
  limit?: number;
}
export type AggregateValue = string | number | Money | null;
export interface AggregateResult {
  groups: { key: unknown[]; values: AggregateValue[] }[];
  more: boolean;
}

export interface HistoryEntry {
  id: string;
  at: string;
  actor: Reference | null;
  action: string;
  version: number;
  changes: { field: string; label: Localized; from: unknown; to: unknown }[];
  /** Title of the merged record whose entry it is. */
  merged?: string | null;
}

export interface SessionUser {
  id: string;
  name: string;
  email: string;
  roles: string[];
  powers: Power[];
  language: Language;
}
export interface Session {
  user: SessionUser;
  workspace: SessionWorkspace;
  /** Through somebody else's eyes: everything is read only. */
  seeing: boolean;
  second_factor_needed: boolean;
}

export interface SearchResult {
  object: string;
  id: string;
  title: string;
  subtitle: string | null;
}

export type BatchOperation =
  | { op: "create"; values: Record<string, unknown> }
  | { op: "update"; id: string; version: number; values: Record<string, unknown> }
  | { op: "delete"; id: string; version?: number }
  | { op: "restore"; id: string };
export type BatchResult = { status: "ok"; id: string; version: number } | { status: "error"; error: Problem };

export interface Problem {
  type?: string;
  title: string;
  status: number;
  token?: string;
  code: string;
  detail?: string;
  reference?: string;
  errors?: { pointer: string; code: string; message: string }[];
  current?: RecordData;
  operation?: number;
  /** What checks of features hand over, e.g. the records this one may duplicate. */
  found?: unknown[];
  merged_into?: string;
  owners?: { owner: { id: string; label: string | null }; held: number; going: number }[];
}

export interface ChangeOperation {
  kind: string;
  summary: Localized | string;
  rows_affected?: number | null;
  values_lost?: number | null;
  reversible?: boolean;
}
export interface ChangeSet {
  id: string;
  version: number;
  at?: string;
  created_at?: string;
  actor?: Reference | null;
  actor_id?: string | null;
  operations: ChangeOperation[];
  reverted?: boolean;
  reverted_by?: string | null;
}

export interface AccessEntry {
  user_id: string;
  email: string | null;
  roles: string[];
  state: "none" | "invited" | "active" | "disabled";
}
