import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { refreshAround } from "@/features/base/cache";
import { keys } from "@/features/base/keys";
import type { DocumentData, DocumentObject } from "./model/types";

export const DOCUMENTS: readonly DocumentObject[] = ["quote", "contract", "sales_order"];
export const isDocument = (object: string): object is DocumentObject => DOCUMENTS.includes(object as DocumentObject);
const BASES: Record<DocumentObject, string> = { quote: "/quotes", contract: "/contracts", sales_order: "/orders" };

export const documentKeys = {
  all: ["documents"] as const,
  one: (object: string, id: string) => ["documents", object, id] as const,
  about: (object: string, id: string, what: string) => ["documents", object, id, what] as const,
};
/** Where the acts of a document are posted to. */
export const actsAt = (object: DocumentObject, id: string) => `${BASES[object]}/${id}`;

export const readDocument = (object: DocumentObject, id: string, signal?: AbortSignal) => api.get<DocumentData>(`/documents/${object}/${id}`, signal ? { signal } : {});

export function useDocument(object: DocumentObject, id: string, version?: number) {
  return useQuery({ queryKey: version === undefined ? documentKeys.one(object, id) : [...documentKeys.one(object, id), version], queryFn: ({ signal }) => readDocument(object, id, signal), staleTime: 0, refetchOnMount: "always" });
}

/** After a document moved: its own page, the record's, and all that counts it. */
export function useRefreshDocument(object: DocumentObject) {
  const client = useQueryClient();
  return async () => {
    void client.invalidateQueries({ queryKey: keys.object(object) });
    void client.invalidateQueries({ queryKey: ["records"], predicate: (query) => query.queryKey[2] !== "list" });
    refreshAround(client, object);
    await client.invalidateQueries({ queryKey: documentKeys.all });
  };
}
