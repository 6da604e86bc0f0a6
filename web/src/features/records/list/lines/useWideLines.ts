import { useQueries, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import type { Page, QueryBody, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import type { Lines } from "./lines";
import { cursorOf, whole, windowAt, windowOf, windowsOf, type Division, type Window } from "./stretches";

/** From so many rows on the scroll bar spans all of them. */
export const WIDE_FROM = 5_000;
const SETTLED_MS = 70;

interface Places {
  count: number | null;
  every: number;
  cursors: string[];
}

/**
 * A list so long that nobody scrolls through it: every place can be jumped to. Where the list is ordered by several fields,
 * or the server takes too long to divide it, the list grows from its beginning instead.
 */
export function useWideLines(object: string, body: QueryBody, asked: boolean): Lines | null {
  const client = useQueryClient();
  const scope = { where: body.where ?? null, ...(body.search ? { search: body.search } : {}), ...(body.sort ? { sort: body.sort } : {}) };
  const [seen, setSeen] = useState<readonly [number, number]>([0, 60]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const places = (more: { every?: number; cursor?: string | null }, signal: AbortSignal) => api.post<Places>(`/records/${object}/anchors`, { ...scope, ...more }, { signal });
  const divided = useQuery({
    queryKey: [...keys.object(object), "anchors", scope],
    enabled: asked && (body.sort?.length ?? 0) <= 1,
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }): Promise<Division> => places({}, signal).then(({ count, every, cursors }) => whole({ count: count ?? 0, every, cursors })),
  }).data;
  const division = asked && divided && divided.count > WIDE_FROM ? divided : null;
  const windows = division ? windowsOf(seen[0], seen[1], division) : [];
  const size = division ? windowOf(division) : 0;
  const stretches = division ? [...new Set(windows.map((window) => window.stretch))] : [];
  const inner = useQueries({
    queries: stretches.map((stretch) => ({
      queryKey: [...keys.object(object), "anchors", scope, stretch],
      staleTime: 60_000,
      enabled: (division?.every ?? 0) > size,
      queryFn: ({ signal }: { signal: AbortSignal }) => places({ every: size, ...(stretch ? { cursor: division!.cursors[stretch - 1] ?? null } : {}) }, signal).then((found) => found.cursors),
    })),
  });
  const keyOf = (window: Window) => keys.list(object, { ...body, at: window.start });
  useQueries({
    queries: windows.map((window) => {
      const cursor = division ? cursorOf(window, division, inner[stretches.indexOf(window.stretch)]?.data) : undefined;
      return {
        queryKey: keyOf(window),
        enabled: cursor !== undefined,
        queryFn: async ({ signal }: { signal: AbortSignal }): Promise<InfiniteData<Page>> => ({ pages: [await api.post<Page>(`/records/${object}/query`, { ...body, limit: window.size, ...(cursor ? { cursor } : {}) }, { signal })], pageParams: [cursor] }),
      };
    }),
  });
  if (!division) return null;
  const loaded = (window: Window): RecordData[] => client.getQueryData<InfiniteData<Page>>(keyOf(window))?.pages[0]?.records ?? [];
  return {
    count: division.count,
    ended: true,
    records: windows.flatMap(loaded),
    at: (index) => {
      const window = windowAt(index, division);
      const record = loaded(window)[index - window.start];
      return record ? { kind: "record", record } : { kind: "waiting" };
    },
    // Dragging the bar passes thousands of rows that nobody wants to read.
    need: (first, last) => {
      if (first === seen[0] && last === seen[1]) return;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setSeen([first, last]), SETTLED_MS);
    },
  };
}
