import type { Catalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Page } from "@/api/types";
import { isReference } from "@/fields/relation/references";
import { plain } from "./model/types";

const MOST = 200;

/** What a deal is about, as lines of a quote; what was lost of it is not quoted. */
export async function linesOfDeal(catalog: Catalog, deal: string): Promise<Record<string, unknown>[]> {
  const type = catalog.object("opportunity_line");
  if (!type || !catalog.object("quote_line")) return [];
  const select = ["product", "name", "quantity", "unit_price", "discount", "outcome"].filter((name) => catalog.field("opportunity_line", name));
  const found = await api.post<Page>("/records/opportunity_line/query", { select, where: { field: "opportunity", op: "eq", value: deal }, sort: [{ field: "created_at", direction: "asc" }], limit: MOST });
  return found.records.filter((line) => line["outcome"] !== "lost").map((line, index) => ({
    position: index + 1, product: isReference(line["product"]) ? line["product"].id : null, name: line["name"] ?? null, quantity: plain(line["quantity"]) ?? "1",
    unit_price: line["unit_price"] ?? null, discount: line["discount"] ?? null,
  }));
}
