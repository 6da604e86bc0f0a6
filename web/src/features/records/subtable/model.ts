import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import type { Values } from "@/features/base/write";
import { mayEdit } from "@/features/base/rights";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { subTableOf } from "@/fields/sub_table";
import { sumDecimals } from "@/ui/decimal";
import { namesIn } from "../form/rules";

/** A sub-table as it is drawn: whose records its rows are, which fields are columns, which are summed. */
export interface Rows {
  type: ObjectType;
  relation: string;
  columns: Field[];
  totals: string[];
  /** What a query asks for: the columns and what their conditions speak of. */
  select: string[];
}

const SHOWN_AT_MOST = 6;

export function rowsOf(catalog: Catalog, field: Field): Rows | null {
  const { child, relation } = subTableOf(field.config);
  const type = catalog.object(child);
  if (!type) return null;
  const usual = [type.title_field, ...type.fields.filter((each) => !each.system && !fieldUi(each).virtual).map((each) => each.api_name)].filter((name) => name !== relation).slice(0, SHOWN_AT_MOST);
  const named = (field.config.columns?.length ? field.config.columns : usual).filter((name) => name !== relation);
  // Without what is required no row could be added here.
  const needed = type.fields.filter((each) => each.required && mayEdit(type, each) && each.api_name !== relation).map((each) => each.api_name);
  const names = [...needed.filter((name) => !named.includes(name)), ...named];
  const columns = [...new Set(names)].flatMap((name) => catalog.field(child, name) ?? []).filter((each) => !fieldUi(each).virtual);
  const asked = columns.flatMap((each) => [...namesIn(each.visible_when), ...namesIn(each.required_when), ...namesIn(each.readonly_when), ...(each.config.depends_on ? [each.config.depends_on] : [])]);
  const shown = columns.map((each) => each.api_name);
  const select = [...new Set([type.title_field, ...shown, ...asked])].filter((name) => catalog.field(child, name));
  return { type, relation, columns, totals: (field.config.totals ?? []).filter((name) => shown.includes(name)), select };
}

/** A row that is not a record yet. */
export interface NewRow {
  key: number;
  values: Values;
  errors: Record<string, string>;
}

let made = 0;
export const newRow = (values: Values = {}): NewRow => ({ key: ++made, values, errors: {} });
export const isBlankRow = (row: NewRow) => Object.values(row.values).every(isEmptyValue);

/** What a new row begins with. */
export function startOf(columns: readonly Field[], defaults: (field: Field) => unknown): Values {
  return Object.fromEntries(columns.flatMap((field) => { const value = defaults(field); return isEmptyValue(value) ? [] : [[field.api_name, value]]; }));
}

/** The sum of a column over rows that are not stored yet; money as the money of its rows where they share a currency. */
export function sumOf(values: readonly unknown[]): unknown {
  const amounts = values.filter((value) => !isEmptyValue(value));
  const money = amounts.filter((value): value is { amount: string; currency: string } => typeof value === "object" && value !== null && "amount" in value);
  if (money.length === 0) return sumDecimals(amounts.map(String));
  const currencies = new Set(money.map((value) => value.currency));
  return currencies.size === 1 ? { amount: sumDecimals(money.map((value) => String(value.amount))), currency: money[0]?.currency } : null;
}
