import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";

export interface Standing {
  pipeline: string | null;
  stage: string | null;
  entered_at: string | null;
  rots_at: string | null;
  rotten: boolean;
  allowed: { key: string; reopens: boolean }[];
  checks: { pipeline: string; stage: string; item: string; done_at: string; done_by: string | null }[];
  periods: { pipeline: string | null; stage: string; entered_at: string; left_at: string | null; by: string | null }[];
}

const key = (object: string, id: string) => ["pipelines", object, id];

/** Where a record stands; read anew with every version of it. */
export const useStanding = (object: string, record: RecordData, enabled = true) =>
  useQuery({ queryKey: [...key(object, record.id), record.version], enabled, queryFn: ({ signal }) => api.get<Standing>(`/pipelines/${object}/${record.id}`, { signal }) });

export function useTick(object: string, id: string) {
  const client = useQueryClient();
  const { t } = useSpeech();
  return async (stage: string, item: string, done: boolean) => {
    // Shown at once; what the server keeps is read right after.
    client.setQueriesData<Standing>({ queryKey: key(object, id) }, (old) => {
      if (!old) return old;
      const others = old.checks.filter((check) => check.stage !== stage || check.item !== item || check.pipeline !== old.pipeline);
      return { ...old, checks: done ? [...others, { pipeline: old.pipeline ?? "", stage, item, done_at: new Date().toISOString(), done_by: null }] : others };
    });
    try {
      await api.put(`/pipelines/${object}/${id}/checks/${stage}/${item}`, { done });
    } catch (error) {
      complain(error, t);
    }
    await client.invalidateQueries({ queryKey: key(object, id) });
  };
}
