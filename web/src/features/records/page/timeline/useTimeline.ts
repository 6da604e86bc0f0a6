import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, usePrefetchInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { TimelinePage } from "@/api/timeline";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { EVERYTHING, onceEach, type Narrowing } from "./model";

const PAGE = 30;

const pagesOf = (object: string, id: string, wanted: Narrowing) =>
  infiniteQueryOptions({
    queryKey: [...keys.timeline(object, id), wanted],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<TimelinePage>(`/records/${object}/${id}/timeline`, {
        signal,
        query: { limit: PAGE, cursor: pageParam ?? undefined, kinds: wanted.kinds.join(",") || undefined, person: wanted.person ?? undefined, q: wanted.text || undefined },
      }),
    getNextPageParam: (last) => last.next_cursor,
  });

/** Asks for the timeline before it is drawn: beside its record and not after it. */
export const useTimelineAhead = (object: string, id: string) => usePrefetchInfiniteQuery(pagesOf(object, id, EVERYTHING));

/** The timeline as far as it has been scrolled, newest first. */
export function useTimeline(object: string, id: string, wanted: Narrowing) {
  const query = useInfiniteQuery({ ...pagesOf(object, id, wanted), placeholderData: keepPreviousData });
  const items = useMemo(() => onceEach(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  return { query, items, pinned: query.data?.pages[0]?.pinned ?? [] };
}

export interface Desk {
  /** Whether this reader may keep items on top. */
  mayPin: boolean;
  pinned: ReadonlySet<string>;
  pin: (key: string, on: boolean) => void;
  removeComment: (id: string) => Promise<void>;
  changeComment: (id: string, body: string, version: number) => Promise<void>;
}

/** What can be done with items of one record's timeline. */
export function useDesk(object: string, id: string, mayPin: boolean, pinned: readonly string[]): Desk {
  const client = useQueryClient();
  const { t } = useSpeech();
  const names = pinned.join();
  return useMemo(() => {
    const again = () => client.invalidateQueries({ queryKey: keys.timeline(object, id) });
    const path = (key: string) => `/records/${object}/${id}/pins/${key}`;
    return {
      mayPin,
      pinned: new Set(names ? names.split(",") : []),
      pin: (key, on) => void (on ? api.put(path(key)) : api.delete(path(key))).catch((error: unknown) => complain(error, t)).then(again),
      removeComment: (comment) => api.delete(`/comments/${comment}`).then(again),
      changeComment: (comment, body, version) => api.patch(`/comments/${comment}`, { body, version }).then(again),
    };
  }, [client, object, id, mayPin, names, t]);
}
