/** The customer's side of a quote: no session, no catalog, one document by its token. */
import type { Language, Money } from "@/api/types";

export interface OfferedLine {
  name: string;
  quantity: string;
  unit: string | null;
  unit_price: Money | null;
  discount: string | null;
  total: Money | null;
  /** Of a bundle above it. */
  part: boolean;
}
export interface Offer {
  number: string | null;
  version_no: string | null;
  name: string;
  company: string | null;
  customer: string | null;
  issued_on: string | null;
  valid_until: string | null;
  payment_terms: string | null;
  delivery_terms: string | null;
  /** Whether a file was kept of what was sent. */
  pdf: boolean;
  lines: OfferedLine[];
  totals: { subtotal: Money | null; discount_total: Money | null; net_total: Money | null; tax_total: Money | null; total: Money | null };
}


export type Ended = "used" | "expired" | "superseded" | "gone" | "failed";

/** Why there is nothing to answer, from what the server refused with. */
export class Closed extends Error {
  constructor(readonly why: Ended, message = "") {
    super(message);
  }
}

function whyOf(status: number, code: string): Ended {
  for (const word of ["expired", "superseded"] as const) if (code.includes(word)) return word;
  if (/used|answered/.test(code)) return "used";
  return status === 404 || status === 410 || status === 403 ? "gone" : "failed";
}

const pathOf = (token: string) => `/api/v1/public/quotes/${encodeURIComponent(token)}`;
export const pdfOf = (token: string) => `${pathOf(token)}/pdf`;

async function call(path: string, language: Language, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, credentials: "omit", ...(body === undefined ? {} : { body: JSON.stringify(body) }) }).catch(() => {
    throw new Closed("failed");
  });
  const found = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string };
  if (!response.ok) throw new Closed(whyOf(response.status, found.code ?? ""), found.detail ?? found.title ?? "");
  return found;
}

type Raw = Record<string, unknown>;
interface Answered {
  quote: Raw;
  account: string | null;
  company: string | null;
  seller: string;
  lines: Raw[];
  pdf: boolean;
}
const text = (value: unknown) => (value === null || value === undefined || value === "" ? null : String(value));

/** The quote as it was sent; sums come as plain decimals, in the currency of the document. */
export async function readOffer(token: string, language: Language): Promise<Offer> {
  const { quote, account, company, seller, lines, pdf } = (await call(pathOf(token), language)) as Answered;
  const currency = text(quote["currency"]);
  const money = (value: unknown): Money | null => (typeof value === "object" && value !== null && "amount" in value ? (value as Money) : text(value) === null ? null : { amount: text(value), currency });
  const { subtotal, discount_total, net_total, tax_total, total } = quote;
  return {
    number: text(quote["number"]), version_no: text(quote["version_no"]), name: text(quote["name"]) ?? "", company: company ?? seller, customer: account, issued_on: text(quote["issued_on"]), valid_until: text(quote["valid_until"]),
    payment_terms: text(quote["payment_terms"]), delivery_terms: text(quote["delivery_terms"]), pdf,
    lines: lines.map((line) => ({ name: text(line["name"]) ?? "", quantity: text(line["quantity"]) ?? "", unit: text(line["unit"]), unit_price: money(line["unit_price"]), discount: text(line["discount"]), total: money(line["total"]), part: text(line["bundle_position"]) !== null })),
    totals: { subtotal: money(subtotal), discount_total: money(discount_total), net_total: money(net_total), tax_total: money(tax_total), total: money(total) },
  };
}

export interface Answer {
  name: string;
  title?: string;
  signature?: string;
  reason?: string;
}
export const sendAnswer = (token: string, language: Language, what: "accept" | "decline", answer: Answer) => call(`${pathOf(token)}/${what}`, language, answer);
