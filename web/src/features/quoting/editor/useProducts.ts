import { useQuery } from "@tanstack/react-query";
import { useCatalog, type Catalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Filter, Page, RecordData } from "@/api/types";
import { useSettled } from "@/ui/hooks";
import type { Candidate } from "../model/paste";

const SHOWN = 20;
const AT_ONCE = 80;
const TYPING_MS = 120;

const has = (catalog: Catalog, name: string) => catalog.field("product", name) !== undefined;
const select = (catalog: Catalog) => ["name", "code", "price", "unit", "kind"].filter((name) => has(catalog, name));
const onSale = (catalog: Catalog): Filter | null => (has(catalog, "active") ? { not: { field: "active", op: "eq", value: false } } : null);

/** What is called or coded exactly so comes first, then what begins so: a fast Enter takes the first. */
export function ranked(records: readonly RecordData[], text: string): RecordData[] {
  const word = text.toLowerCase();
  const rank = (record: RecordData) => {
    const names = [record["code"], record["name"]].map((each) => String(each ?? "").toLowerCase());
    return word === "" ? 0 : names.includes(word) ? 0 : names.some((each) => each.startsWith(word)) ? 1 : 2;
  };
  return [...records].sort((a, b) => rank(a) - rank(b));
}

/** Products for what is typed; `text` says for which text they are, so that a fast Enter is not answered by those of another. */
export function useProducts(typed: string) {
  const catalog = useCatalog();
  const text = useSettled(typed.trim(), TYPING_MS);
  const found = useQuery({
    queryKey: ["candidates", "product", "lines", text],
    staleTime: 30_000,
    enabled: catalog.object("product") !== undefined,
    queryFn: ({ signal }) => api.post<Page>("/records/product/query", bodyFor(catalog, text), { signal }),
  });
  return { products: ranked(found.data?.records ?? [], text), settled: text === typed.trim() && !found.isFetching };
}

/** What is asked for words. */
const bodyFor = (catalog: Catalog, text: string) => ({ select: select(catalog), where: onSale(catalog), limit: SHOWN, ...(text ? { search: text } : {}) });

/** The product that an Enter right after these words means; none where nothing answers to them. */
export async function productFor(catalog: Catalog, words: string): Promise<Candidate | null> {
  const page = await api.post<Page>("/records/product/query", bodyFor(catalog, words));
  const first = ranked(page.records, words)[0];
  return first ? candidate(first) : null;
}

const candidate = (record: RecordData): Candidate => ({ id: record.id, name: String(record["name"] ?? ""), code: record["code"] ? String(record["code"]) : null });

/** Products by id, as far as the reader sees them. */
export async function productsOf(catalog: Catalog, ids: readonly string[]): Promise<Candidate[]> {
  const page = await api.post<Page>("/records/product/query", { select: ["name", "code"].filter((name) => has(catalog, name)), where: { field: "id", op: "in", value: [...new Set(ids)] }, limit: 2 * AT_ONCE });
  return page.records.map(candidate);
}

/** Products called so, or with such a code. */
export async function productsNamed(catalog: Catalog, words: readonly string[]): Promise<Candidate[]> {
  const unique = [...new Set(words)];
  const found: Candidate[] = [];
  for (let start = 0; start < unique.length; start += AT_ONCE) {
    const value = unique.slice(start, start + AT_ONCE);
    const or = ["name", "code"].filter((name) => has(catalog, name)).map((field) => ({ field, op: "in", value }));
    const page = await api.post<Page>("/records/product/query", { select: ["name", "code"].filter((name) => has(catalog, name)), where: { or }, limit: 2 * AT_ONCE });
    found.push(...page.records.map(candidate));
  }
  return found;
}
