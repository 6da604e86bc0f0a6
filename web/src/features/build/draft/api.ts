import type { QueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
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
