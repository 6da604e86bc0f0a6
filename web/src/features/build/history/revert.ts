import { useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { isUse, refreshUses } from "../draft/api";

/** After the model changed: the catalog and everything read through it loads anew. */
export function useRefreshModel() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.catalog });
    void client.invalidateQueries({ queryKey: ["records"] });
    void client.invalidateQueries({ queryKey: keys.changes });
    void client.invalidateQueries({ queryKey: ["build"], predicate: ({ queryKey }) => !isUse(queryKey) });
    refreshUses(client);
  };
}

/** Takes a published change back, and says so. */
export function useRevert() {
  const refresh = useRefreshModel();
  const { t } = useSpeech();
  return async (id: string) => {
    try {
      await api.post(`/metadata/changes/${id}/revert`);
      await refresh();
      toast(t("changes.done"));
    } catch (error) {
      complain(error, t);
    }
  };
}
