import type { QueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { CatalogData } from "@/api/types";
import { keys } from "@/features/base/keys";
import type { ChangeSetDoc, Designed, Operation, Preview } from "../model";

export const draftKeys = {
  drafts: ["build", "drafts"] as const,
  definitions: (id: string, version: number) => ["build", "definitions", id, version] as const,
  preview: (id: string, version: number) => ["build", "preview", id, version] as const,
  usage: (object: string, field: string | undefined, choice: string | undefined) => ["build", "usage", object, field ?? "", choice ?? ""] as const,
  filled: (object: string) => ["build", "filled", object] as const,
};
export interface Definitions {
  objects: Designed[];
  archived_objects?: { id: string; api_name: string; label: Record<string, string> }[];
}
const path = "/metadata/change-sets";

export const draftApi = {
  list: () => api.get<{ change_sets: ChangeSetDoc[] }>(path, { query: { state: "draft" } }).then((found) => found.change_sets),
  read: (id: string) => api.get<ChangeSetDoc>(`${path}/${id}`),
  begin: (name: string, operations: Operation[]) => api.post<ChangeSetDoc>(path, { name, operations }),
  save: (draft: ChangeSetDoc, changes: { operations?: Operation[]; name?: string; note?: string | null; rebase?: boolean }) => api.patch<ChangeSetDoc>(`${path}/${draft.id}`, { version: draft.version, ...changes }),
  definitions: (id: string) => api.get<Definitions>(`${path}/${id}/definitions`),
  preview: (id: string) => api.get<Preview>(`${path}/${id}/preview`),
  publish: (draft: ChangeSetDoc) => api.post<{ id: string; version: number }>(`${path}/${draft.id}/publish`, { version: draft.version }),
  discard: (draft: ChangeSetDoc) => api.post<ChangeSetDoc>(`${path}/${draft.id}/discard`, { version: draft.version }),
};

/** Puts a draft as it now stands into the list; one that is no draft any more goes. */
export function putDraft(client: QueryClient, draft: ChangeSetDoc): void {
  client.setQueryData<ChangeSetDoc[]>(draftKeys.drafts, (old) => [...(draft.state === "draft" ? [draft] : []), ...(old ?? []).filter((each) => each.id !== draft.id)]);
}

export const isUse = (key: readonly unknown[]) => key[1] === "usage" || key[1] === "filled";

/**
 * How things are used is asked again once the catalog is new, but not of what went with the change: the panel that
 * showed it is about to close, and the answer would be that there is no such thing.
 */
export function refreshUses(client: QueryClient): void {
  const objects = client.getQueryData<CatalogData>(keys.catalog)?.objects ?? [];
  const stands = ([, , object, field]: readonly unknown[]) => {
    const found = objects.find((each) => each.api_name === object);
    return found !== undefined && (!field || found.fields.some((each) => each.api_name === field));
  };
  void client.invalidateQueries({ queryKey: ["build"], predicate: ({ queryKey }) => isUse(queryKey), refetchType: "none" });
  void client.invalidateQueries({ queryKey: ["build"], predicate: ({ queryKey }) => isUse(queryKey) && stands(queryKey) });
}
