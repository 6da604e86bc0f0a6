import type { Catalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Field, ObjectType, RecordData } from "@/api/types";
import type { Translate } from "@/messages";
import type { Column } from "../grid";
import type { CellChange } from "./history";
import type { Spread } from "./range";
import { sameValue } from "./values";

/** A cell that cannot be written, and why. */
export interface WrongCell {
  title: string;
  column: Column;
  text: string;
  message: string;
}

/** What a paste, a fill or a clearing would do. */
export interface Plan {
  changes: CellChange[];
  versions: Map<string, number>;
  /** What was typed or pasted, by record and column, and how the record is called: told again where the server refuses it. */
  texts: Map<string, string>;
  titles: Map<string, string>;
  wrong: WrongCell[];
  /** Values of rows beyond the last record; empty where none may be made. */
  creations: Record<string, unknown>[];
  /** Rows and columns that found no place. */
  rowsLeft: number;
  columnsLeft: number;
}

interface Read {
  value?: unknown;
  problem?: { code: string; message: string };
}

const MOST_TEXTS = 2_000;

/** Why nobody, or not this person, writes into a column here. */
export function refusal(type: ObjectType, column: Column, t: Translate): string | null {
  if (column.editable) return null;
  const { field, path } = column;
  if (path.includes(".")) return t("grid.cellElsewhere");
  if (field.access === "masked") return t("grid.cellMasked");
  if (field.computed) return t("grid.cellComputed");
  if (!type.permissions.update) return t("grid.cellNotYours");
  return field.access === "read" || field.api_name === "owner" ? t("grid.cellNotYours") : t("grid.cellReadonly");
}

/** Each text of each column as the server reads it, by column and text. */
async function readTexts(object: string, texts: ReadonlyMap<string, ReadonlySet<string>>): Promise<Map<string, Map<string, Read>>> {
  const found = new Map<string, Map<string, Read>>();
  for (const [field, wanted] of texts) {
    const all = [...wanted];
    const own = new Map<string, Read>();
    for (let start = 0; start < all.length; start += MOST_TEXTS) {
      const part = all.slice(start, start + MOST_TEXTS);
      const { columns } = await api.post<{ columns: Read[][] }>(`/records/${object}/cells`, { columns: [{ field, texts: part }] });
      part.forEach((text, index) => own.set(text, columns[0]?.[index] ?? {}));
    }
    found.set(field, own);
  }
  return found;
}

export interface Sheet {
  type: ObjectType;
  catalog: Catalog;
  columns: readonly Column[];
  /** Rows there are, groups and rows not loaded among them. */
  count: number;
  /** Whether rows beyond the last may become new records. */
  grows: boolean;
  record: (row: number) => RecordData | undefined;
  t: Translate;
}

const titleOf = (type: ObjectType, record: RecordData | undefined) => String(record?.[type.title_field] ?? "");
const emptyPlan = (): Plan => ({ changes: [], versions: new Map(), texts: new Map(), titles: new Map(), wrong: [], creations: [], rowsLeft: 0, columnsLeft: 0 });

function note(plan: Plan, record: RecordData, field: Field, path: string, value: unknown) {
  const before = record[path] ?? null;
  if (sameValue(before, value)) return;
  plan.changes.push({ id: record.id, path: field.api_name, before, after: value });
  plan.versions.set(record.id, record.version);
}

/** What it would do to lay texts on cells; nothing is written yet. */
export async function planTexts(sheet: Sheet, { rect, text }: Spread): Promise<Plan> {
  const { type, columns, t } = sheet;
  const plan = emptyPlan();
  const right = Math.min(rect.right, columns.length - 1);
  plan.columnsLeft = rect.right - right;
  const reasons = columns.map((column) => refusal(type, column, t));
  const texts = new Map<string, Set<string>>();
  const last = sheet.grows ? rect.bottom : Math.min(rect.bottom, sheet.count - 1);
  plan.rowsLeft = rect.bottom - last;
  const rows = Array.from({ length: Math.max(0, last - rect.top + 1) }, (_, index) => rect.top + index);
  const places = Array.from({ length: Math.max(0, right - rect.left + 1) }, (_, index) => rect.left + index);
  for (const row of rows.filter((each) => each >= sheet.count || sheet.record(each)))
    for (const at of places) if (!reasons[at]) texts.set(columns[at]!.path, (texts.get(columns[at]!.path) ?? new Set()).add(text(row, at)));
  const read = await readTexts(type.api_name, texts);
  const cells = (row: number): ReadCell[] =>
    places.map((at) => {
      const column = columns[at]!;
      const typed = text(row, at);
      const found = read.get(column.path)?.get(typed);
      return { column, text: typed, value: found?.value ?? null, message: reasons[at] ?? found?.problem?.message };
    });
  for (const row of rows) {
    const record = sheet.record(row);
    if (record) layOn(plan, type, record, cells(row));
    else if (row < sheet.count || !layBeyond(plan, cells(row))) plan.rowsLeft++;
  }
  return plan;
}

interface ReadCell {
  column: Column;
  text: string;
  value: unknown;
  message: string | undefined;
}

function layOn(plan: Plan, type: ObjectType, record: RecordData, cells: ReadCell[]) {
  for (const { column, text, value, message } of cells) {
    if (message === undefined) {
      note(plan, record, column.field, column.path, value);
      plan.texts.set(`${record.id} ${column.path}`, text);
      plan.titles.set(record.id, titleOf(type, record));
    } else plan.wrong.push({ title: titleOf(type, record), column, text, message });
  }
}

/** A row beyond the last record becomes one where all of its cells can be read; whether it does. */
function layBeyond(plan: Plan, cells: ReadCell[]): boolean {
  const values = Object.fromEntries(cells.flatMap(({ column, value }) => (value === null ? [] : [[column.path, value]])));
  for (const { column, text, message } of cells) if (message !== undefined && text !== "") plan.wrong.push({ title: "", column, text, message });
  if (Object.keys(values).length === 0 || cells.some(({ message, text }) => message !== undefined && text !== "")) return false;
  plan.creations.push(values);
  return true;
}

/** What it would do to give cells values that are values already; a required cell is not emptied. */
export function planValues(sheet: Sheet, rows: readonly number[], at: readonly number[], value: (row: number, column: Column) => unknown): Plan {
  const { type, columns, t } = sheet;
  const plan = emptyPlan();
  for (const row of rows) {
    const record = sheet.record(row);
    for (const index of at) {
      const column = columns[index];
      if (!record || !column) continue;
      const next = value(row, column) ?? null;
      const message = refusal(type, column, t) ?? (next === null && column.field.required ? t("grid.cellRequired") : null);
      if (message === null) note(plan, record, column.field, column.path, next);
      else if (!sameValue(record[column.path], next)) plan.wrong.push({ title: titleOf(type, record), column, text: "", message });
    }
  }
  return plan;
}
