import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import { seeingToken } from "@/api/seeing";

export interface Recent {
  object: string;
  id: string;
  title: string | null;
  opened: number;
}
const KEY = ["recents"];

/** Remembers that a record was opened, named once it has been read; a failure to remember is nobody's concern. */
export function useOpened(object: string, id: string, read: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!read || seeingToken()) return;
    // A page that is left at once was no opening.
    const timer = setTimeout(() => {
      void api.post("/recents", { object, id }).then(() => client.invalidateQueries({ queryKey: KEY })).catch(() => undefined);
    }, 800);
    return () => clearTimeout(timer);
  }, [client, object, id, read]);
}

export function useRecents() {
  return useQuery({ queryKey: KEY, staleTime: 60_000, queryFn: ({ signal }) => api.get<{ recent: Recent[]; frequent: Recent[] }>("/recents", { signal }) });
}
