import type { Money, RecordData } from "@/api/types";
import { isReference } from "@/fields/relation/references";
import { businessDay } from "@/ui/format";
import { isZero, minus, plain } from "./model";

/** A record of money that is begun from another one, in its currency and with what is still open. */
export interface Make {
  object: "payment" | "invoice_request" | "refund";
  label: `receivables.${"newPayment" | "newRequest" | "newRefund"}`;
  values: Record<string, unknown>;
}
const currencyOf = (value: unknown): string | null => (typeof value === "object" && value !== null && "currency" in value ? (value as Money).currency : null);
const IN_FORCE = new Set(["signed", "performing", "completed", "confirmed"]);

/** What is left of the whole, to begin with; where nothing is, the amount is typed, in the same currency. */
function left(whole: string, less: unknown, currency: string): Money {
  const rest = minus(whole, [plain(less)]);
  return { amount: isZero(rest) || rest.startsWith("-") ? null : rest, currency };
}

function ofDocument(object: string, record: RecordData, label: string): Make[] {
  const { account, currency } = record;
  const whole = plain(record[object === "contract" ? "amount" : "total"]);
  const code = currencyOf(record["amount"]) ?? (typeof currency === "string" ? currency : null);
  if (!code || !isReference(account) || !IN_FORCE.has(String(record["status"]))) return [];
  const itself = { id: record.id, label };
  const contract = object === "contract" ? itself : record["contract"];
  const of = { account, ...(isReference(contract) ? { contract } : {}) };
  const asked = object === "contract" ? of : { account, sales_order: itself };
  return [
    { object: "payment", label: "receivables.newPayment", values: { ...of, received_on: businessDay(), amount: left(whole, record["received"], code) } },
    { object: "invoice_request", label: "receivables.newRequest", values: { ...asked, amount: left(whole, record["invoiced"], code), tax_rate: null, title: null, tax_id: null } },
  ];
}

/** What may be begun here; who may is asked of the catalog. */
export function makesOf(object: string, record: RecordData, label: string): Make[] {
  if (object === "contract" || object === "sales_order") return ofDocument(object, record, label);
  const [available, currency] = [plain(record["available"]), currencyOf(record["amount"])];
  if (object !== "payment" || record["status"] !== "confirmed" || !currency || isZero(available)) return [];
  return [{ object: "refund", label: "receivables.newRefund", values: { payment: { id: record.id, label }, amount: { amount: available, currency } } }];
}
