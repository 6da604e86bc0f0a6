import type { Field } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import type { Speech } from "@/messages";
import { compareDecimals } from "@/ui/decimal";
import { localDay } from "@/ui/format";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const NUMBERS = new Set(["number", "percent", "rating", "autonumber"]);

/** A value as a spreadsheet takes it: labels for keys, days as 2026-05-01, numbers without grouping. */
export function cellText(value: unknown, field: Field, speech: Speech): string {
  if (isEmptyValue(value)) return "";
  if (field.access === "masked") return String(value);
  if (isObject(value) && "error" in value) return "";
  const kind = field.config.result ?? field.type;
  if (isObject(value) && "amount" in value) {
    const own = field.config.currency;
    return value["currency"] && value["currency"] !== own ? `${String(value["amount"])} ${String(value["currency"])}` : String(value["amount"] ?? "");
  }
  if (NUMBERS.has(kind)) return kind === "percent" ? `${String(value)}%` : String(value);
  if (kind === "date" && typeof value === "string") return value.slice(0, 10);
  if (kind === "datetime" && typeof value === "string") {
    const time = new Date(value);
    return `${localDay(time)} ${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
  }
  if (Array.isArray(value) && value.every((each) => isObject(each) && "id" in each)) return value.map((each) => String((each as Record<string, unknown>)["label"] ?? "")).join("; ");
  return fieldUi(field).text(value, field, speech);
}

/** What of a value makes it the same: the id of a record, amount and currency of money, a number however it is written. */
function essence(value: unknown): unknown {
  if (isEmptyValue(value)) return null;
  if (Array.isArray(value)) return value.map(essence);
  if (isObject(value) && "id" in value) return value["id"];
  if (isObject(value) && "amount" in value) return [plainNumber(value["amount"]), value["currency"]];
  return plainNumber(value);
}

function plainNumber(value: unknown): unknown {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || compareDecimals(text, "0") === null) return value;
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

export const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(essence(a)) === JSON.stringify(essence(b));
