import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, BASE } from "@/api/client";
import type { ImportJob, ImportMapping } from "@/api/imports";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";

const BUSY = new Set(["checking", "loading", "cancelling"]);
const jobKey = (id: string | undefined) => ["imports", id] as const;

/** One import followed through its states: by server events while it works, by asking now and then should those fail. */
export function useImport(id: string | undefined) {
  const client = useQueryClient();
  const { t } = useSpeech();
  const [sending, setSending] = useState(false);
  const job = useQuery({
    queryKey: jobKey(id),
    enabled: Boolean(id),
    queryFn: () => api.get<ImportJob>(`/imports/${id}`),
    refetchInterval: (query) => (query.state.data && BUSY.has(query.state.data.state) ? 2_000 : false),
  });
  const busy = job.data ? BUSY.has(job.data.state) : false;

  useEffect(() => {
    if (!id || !busy) return;
    const source = new EventSource(`${BASE}/imports/${id}/events`, { withCredentials: true });
    const take = (event: MessageEvent<string>) => {
      const next = JSON.parse(event.data) as ImportJob;
      client.setQueryData<ImportJob>(jobKey(id), (old) => ({ ...old, ...next }));
      if (!BUSY.has(next.state)) void client.invalidateQueries({ queryKey: ["records"] });
    };
    source.addEventListener("progress", take);
    source.addEventListener("state", take);
    return () => source.close();
  }, [id, busy, client]);

  const attempt = async <T>(run: () => Promise<T>): Promise<T | null> => {
    setSending(true);
    try {
      return await run();
    } catch (error) {
      complain(error, t);
      return null;
    } finally {
      setSending(false);
    }
  };
  const refresh = () => client.invalidateQueries({ queryKey: jobKey(id) });
  return {
    job,
    sending,
    check: (mapping: ImportMapping) =>
      attempt(async () => {
        await api.put(`/imports/${id}/mapping`, mapping);
        await api.post(`/imports/${id}/check`);
        await refresh();
      }),
    run: () => attempt(() => api.post(`/imports/${id}/run`).then(refresh)),
    cancel: () => attempt(() => api.post(`/imports/${id}/cancel`).then(refresh)),
    undo: () =>
      attempt(async () => {
        const outcome = await api.post<{ removed: number; kept: number }>(`/imports/${id}/undo`);
        void client.invalidateQueries({ queryKey: ["records"] });
        await refresh();
        return outcome;
      }),
  };
}
