import type { Values } from "@/features/base/write";

export const PARTS = ["account", "contact", "opportunity"] as const;
export type PartName = (typeof PARTS)[number];
export type Proposal = Record<PartName, Values | null> & { lead: { id: string; title: string | null } };

/** What one of the parts is to be: a new record, one that is there, or nothing. */
export interface Wish {
  mode: "new" | "known" | "none";
  values: Values;
  known: { id: string; label: string | null } | null;
}

/** The proposal as the form begins; of what one may not make, one that is there or nothing. */
export function startOf(proposal: Proposal): Record<PartName, Wish> {
  const of = (name: PartName): Wish => ({ mode: proposal[name] ? "new" : name === "account" ? "known" : "none", values: proposal[name] ?? {}, known: null });
  return { account: of("account"), contact: of("contact"), opportunity: of("opportunity") };
}

/** What the form asks of each; what else the lead knew goes along unasked. */
export const ASKED: Record<PartName, string[]> = {
  account: ["name", "phone", "industry", "city"],
  contact: ["name", "title", "mobile", "email"],
  opportunity: ["name", "pipeline", "amount", "close_date"],
};
/** A field of another object by which a record of the part is picked. */
export const PICKED_BY: Record<PartName, [string, string]> = {
  account: ["contact", "account"],
  contact: ["opportunity", "contact"],
  opportunity: ["activity", "opportunity"],
};
