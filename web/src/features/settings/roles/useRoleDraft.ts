import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Role } from "@/api/access";
import { api, ProblemError } from "@/api/client";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { accessKeys } from "../access/read";
import { changedPlaces, draftOf, rebase, type Draft } from "./model";

export const useRole = (key: string, enabled = true) => useQuery({ queryKey: accessKeys.role(key), enabled, queryFn: () => api.get<Role>(`/roles/${key}`) });

/** A role as it is edited: what was saved, the draft over it, and what happens when somebody else saved meanwhile. */
export function useRoleDraft(role: Role) {
  const client = useQueryClient();
  const { t } = useSpeech();
  const [saved, setSaved] = useState(role);
  const [draft, setDraft] = useState<Draft>(() => draftOf(role));
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<Role | null>(null);
  const base = draftOf(saved);

  const keep = (next: Role) => {
    setSaved(next);
    client.setQueryData(accessKeys.role(next.key), next);
    void client.invalidateQueries({ queryKey: accessKeys.roles, exact: true });
    // One's own rights may have changed with it.
    void client.invalidateQueries({ queryKey: keys.catalog });
    void client.invalidateQueries({ queryKey: keys.session });
  };
  const save = async () => {
    setBusy(true);
    try {
      const next = await api.put<Role>(`/roles/${saved.key}`, { ...draft, version: saved.version });
      keep(next);
      setDraft(draftOf(next));
      toast(t("save.saved"));
    } catch (error) {
      if (error instanceof ProblemError && error.code === "role_changed") setConflict(await api.get<Role>(`/roles/${saved.key}`).catch(() => null));
      else complain(error, t);
    }
    setBusy(false);
  };
  const resolve = (mine: boolean) => {
    if (!conflict) return;
    setDraft(mine ? rebase(base, draft, draftOf(conflict)) : draftOf(conflict));
    keep(conflict);
    setConflict(null);
    if (mine) toast(t("save.rebased"));
  };
  return { draft, setDraft, base, changes: changedPlaces(base, draft), busy, conflict: conflict !== null, save, undo: () => setDraft(base), resolve };
}

export type RoleDesk = ReturnType<typeof useRoleDraft>;
