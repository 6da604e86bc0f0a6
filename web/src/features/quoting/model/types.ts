import type { Money, RecordData, Reference } from "@/api/types";

export type DocumentObject = "quote" | "contract" | "sales_order";

/** What may be typed into a line; all as text, so that no digit passes through a float. */
export interface Typed {
  quantity: string;
  unit_price: string;
  discount: string;
  tax_rate: string;
  unit: string;
  name: string;
  note: string;
}

/** A line as it is being edited. */
export interface Line extends Typed {
  key: string;
  id: string | null;
  product: Reference | null;
  /** The line of the bundle it was expanded from. */
  parent: string | null;
  /** Whether the unit price is what the price books say, so that it goes along with quantity and product. */
  follows: boolean;
  /** What was pasted as its product and is no product of that name. */
  unknown?: string | undefined;
  /** Words whose product is being looked up, while typing goes on. */
  seeking?: string | undefined;
}

/** What the server worked out of a line. */
export interface Worked {
  unit_price: string | null;
  list_price: string | null;
  price_reason: string | null;
  tax_rate: string | null;
  unit: string | null;
  amount: string | null;
  net: string | null;
  tax: string | null;
  total: string | null;
  /** By field; "" is of the line as a whole. */
  problems: Record<string, string>;
}

export interface Totals {
  subtotal: string | null;
  discount_total: string | null;
  net_total: string | null;
  tax_total: string | null;
  total: string | null;
  base_total: string | null;
  base_currency: string | null;
  exchange_rate: string | null;
  rate_on: string | null;
}

export interface DocumentData {
  document: RecordData;
  lines: RecordData[];
  actions: string[];
  locked: boolean;
  /** Why it is locked, in the reader's words. */
  reason?: { text: string } | null;
}

export interface Calculated {
  lines: Worked[];
  totals: Totals;
  currency: string | null;
  largest_discount: string | null;
  needs_approval: boolean;
  /** Of the document as a whole, by field of its header. */
  problems: { field: string; message: string }[];
}

export type Header = Record<string, unknown>;
export const isMoney = (value: unknown): value is Money => typeof value === "object" && value !== null && "amount" in value;
/** The plain amount of what comes as money or as a decimal. */
export const plain = (value: unknown): string | null => (isMoney(value) ? value.amount : value === null || value === undefined || value === "" ? null : String(value));
