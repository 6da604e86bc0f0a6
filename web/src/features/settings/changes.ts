import { useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ChangeSet } from "@/api/types";
import { keys } from "@/features/base/keys";

export type Operation = { kind: string } & Record<string, unknown>;

/** Changing the model: ask what it would do, or do it. The catalog and everything read through it then loads anew. */
export function useModelChanges() {
  const client = useQueryClient();
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: keys.catalog });
    void client.invalidateQueries({ queryKey: ["records"] });
    void client.invalidateQueries({ queryKey: keys.changes });
  };
  return {
    preview: (operations: Operation[]) => api.post<ChangeSet>("/metadata/changes", { operations, dry_run: true }),
    apply: async (operations: Operation[]) => {
      const change = await api.post<ChangeSet>("/metadata/changes", { operations, dry_run: false });
      await refresh();
      return change;
    },
    revert: async (id: string) => {
      await api.post(`/metadata/changes/${id}/revert`);
      await refresh();
    },
  };
}

export { codeFrom } from "@/ui/codes";
