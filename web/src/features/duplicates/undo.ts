import { useQueryClient } from "@tanstack/react-query";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { Undone } from "./model";

/** Takes a merge back and says what has changed since and stays. */
export function useUndoMerge() {
  const client = useQueryClient();
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return async (id: string) => {
    try {
      const told = await api.post<Undone>(`/duplicates/merges/${id}/undo`);
      const kept = [...told.kept_values, ...Object.entries(told.kept_children).map(([name, count]) => `${say(catalog.object(name)?.label_plural) || name} ${count}`)];
      toast(kept.length ? t("dup.undoneKept", { what: kept.join(t("list.comma")) }) : t("dup.undone"));
    } catch (error) {
      complain(error, t);
    }
    void client.invalidateQueries();
  };
}
