import type { Language } from "@/api/types";
import type { MessageKey } from "@/messages";
import { formatMoney, formatNumber } from "@/ui/format";
import { trimmed } from "../model/lines";
import type { Line, Typed, Worked } from "../model/types";

export interface Column {
  key: "product" | Exclude<keyof Typed, "note"> | "total";
  label: MessageKey & `quoting.column.${string}`;
  width: string;
  right?: boolean;
  fixed?: boolean;
}

export const COLUMNS: readonly Column[] = [
  { key: "product", label: "quoting.column.product", width: "minmax(200px, 3fr)" },
  { key: "name", label: "quoting.column.name", width: "minmax(120px, 2fr)" },
  { key: "quantity", label: "quoting.column.quantity", width: "92px", right: true },
  { key: "unit", label: "quoting.column.unit", width: "64px" },
  { key: "unit_price", label: "quoting.column.price", width: "124px", right: true },
  { key: "discount", label: "quoting.column.discount", width: "84px", right: true },
  { key: "tax_rate", label: "quoting.column.tax", width: "76px", right: true },
  { key: "total", label: "quoting.column.total", width: "128px", right: true, fixed: true },
];
export const FIRST = 0;
export const LAST = COLUMNS.findIndex((column) => column.fixed) - 1;
export const at = (key: Column["key"]) => COLUMNS.findIndex((column) => column.key === key);

const NUMBER = /^-?\d*\.?\d+$/;
const PLACES = 6;
/** Typed text as it reads when nobody types there: what is no number stays as it is, to be seen. */
const shown = (text: string, language: Language, sign = "") => (NUMBER.test(text) ? `${formatNumber(text, language)}${sign}` : text);

/** A price has the digits of its currency, and those it has beyond. */
function price(amount: string, currency: string | null, language: Language): string {
  if (!NUMBER.test(amount)) return amount;
  const digits = Math.min(PLACES, Math.max(2, (trimmed(amount).split(".")[1] ?? "").length));
  return currency ? formatMoney({ amount, currency }, language, digits) : formatNumber(amount, language, digits);
}

/** What of a cell is edited: what follows the books is read from what was worked out. */
export function textOf(line: Line, key: Column["key"], worked: Worked | undefined): string {
  if (key === "product") return line.product?.label ?? line.seeking ?? line.unknown ?? "";
  if (key === "total") return worked?.total ?? "";
  if (key === "unit_price") return line.follows ? trimmed(worked?.unit_price ?? null) : line.unit_price;
  if (key === "tax_rate") return line.tax_rate || trimmed(worked?.tax_rate ?? null);
  if (key === "unit") return line.unit || (worked?.unit ?? "");
  return line[key];
}

export function readable(line: Line, key: Column["key"], worked: Worked | undefined, currency: string | null, language: Language): string {
  const text = textOf(line, key, worked);
  if (text === "") return "";
  if (key === "unit_price") return price(text, currency, language);
  if (key === "total") return currency ? formatMoney({ amount: text, currency }, language) : formatNumber(text, language);
  if (key === "discount" || key === "tax_rate") return shown(text, language, "%");
  return key === "quantity" ? shown(text, language) : text;
}
