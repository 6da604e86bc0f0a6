import { useQueries, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { AggregateValue, ObjectType, Page, QueryBody } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { keys } from "@/features/base/keys";
import { useTotals } from "@/features/base/read";
import type { Column } from "../grid";
import { bucketOf, groupFilter, groupKey } from "./groups";
import type { GroupLine, Line, Lines } from "./lines";

type Pages = InfiniteData<Page>;
const MOST_GROUPS = 500;

/** As many pages of a group as were asked for; what is here stays until it is stale. */
async function readPages(client: QueryClient, object: string, key: readonly unknown[], body: QueryBody, wanted: number, signal: AbortSignal): Promise<Pages> {
  const pages: Page[] = [];
  const pageParams: (string | null)[] = [];
  const known = client.getQueryState(key)?.isInvalidated ? undefined : client.getQueryData<Pages>(key);
  if (known) {
    pages.push(...known.pages);
    pageParams.push(...(known.pageParams as (string | null)[]));
  }
  while (pages.length < wanted) {
    const cursor = pages.length ? pages.at(-1)!.next_cursor : null;
    if (pages.length && !cursor) break;
    pages.push(await api.post<Page>(`/records/${object}/query`, { ...body, ...(cursor ? { cursor } : {}) }, { signal }));
    pageParams.push(cursor);
  }
  return { pages, pageParams };
}

interface Given {
  type: ObjectType;
  body: QueryBody;
  columns: Column[];
  groupBy: string | null;
}

/** Groups with their sums; the records of those that are open. */
export function useGroupedLines({ type, body, columns, groupBy }: Given) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const object = type.api_name;
  const field = groupBy ? catalog.field(object, groupBy) : undefined;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useRef(new Map<string, number>());
  const summed = columns.filter((column) => column.field.aggregates.includes("sum") && !column.path.includes("."));
  const bucket = field && bucketOf(field);
  const totals = useTotals(
    object,
    { where: body.where ?? null, ...(body.search ? { search: body.search } : {}), group_by: [{ field: groupBy ?? "", ...(bucket ? { bucket } : {}) }], measures: [{ fn: "count" }, ...summed.map((column) => ({ fn: "sum", field: column.path }))], limit: MOST_GROUPS },
    Boolean(field),
  );
  const groups = useMemo((): GroupLine[] => {
    const read = ({ key, values }: { key: unknown[]; values: AggregateValue[] }): GroupLine => {
      const own = groupKey(key[0]);
      return { key: own, value: key[0], count: Number(values[0] ?? 0), sums: Object.fromEntries(summed.map((column, at) => [column.path, values[at + 1] ?? null])), open: open.has(own) };
    };
    const found = (totals.data?.groups ?? []).map(read);
    const order = new Map(field?.config.choices?.map((choice, at) => [groupKey(choice.key), at]));
    return order.size ? found.sort((a, b) => (order.get(a.key) ?? 999) - (order.get(b.key) ?? 999)) : found;
    // The summed columns are those of the totals that were read.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [totals.data, open, field]);
  const opened = field ? groups.filter((group) => group.open) : [];
  const bodyOf = (group: GroupLine): QueryBody => ({ ...body, where: both(body.where, groupFilter(field!, group.value)) });
  const keyOf = (group: GroupLine) => keys.list(object, { ...bodyOf(group), grouped: true });
  const results = useQueries({
    queries: opened.map((group) => ({
      queryKey: keyOf(group),
      queryFn: ({ signal }: { signal: AbortSignal }) => readPages(client, object, keyOf(group), bodyOf(group), wanted.current.get(group.key) ?? 1, signal),
    })),
  });
  const flat: { line: Line; key: string }[] = [];
  groups.forEach((group) => {
    flat.push({ line: { kind: "group", group }, key: group.key });
    if (!group.open) return;
    const pages = results[opened.indexOf(group)]?.data?.pages;
    for (const page of pages ?? []) for (const record of page.records) flat.push({ line: { kind: "record", record }, key: group.key });
    if (!pages || pages.at(-1)?.next_cursor) flat.push({ line: { kind: "waiting" }, key: group.key });
  });
  const need = (first: number, last: number) => {
    for (const [at, group] of opened.entries()) {
      const waits = flat.slice(first, last + 1).some((each) => each.key === group.key && each.line.kind === "waiting");
      const result = results[at];
      if (!waits || !result?.data || result.isFetching) continue;
      wanted.current.set(group.key, result.data.pages.length + 1);
      void result.refetch();
    }
  };
  const lines: Lines = {
    count: flat.length,
    at: (index) => flat[index]?.line,
    need,
    ended: flat.every((each) => each.line.kind !== "waiting"),
    records: flat.flatMap(({ line }) => (line.kind === "record" ? [line.record] : [])),
  };
  const toggle = (key: string) => setOpen((old) => new Set(old.has(key) ? [...old].filter((each) => each !== key) : [...old, key]));
  return { active: Boolean(field), pending: totals.isPending, error: totals.error, lines, toggle, more: totals.data?.more ?? false };
}
