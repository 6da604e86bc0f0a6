import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Page } from "@/api/types";
import { PRINCIPAL_OBJECTS, principalKey, principalOf, type Principal } from "@/features/base/principals";

/** Labels of principals by their keys: read once, and remembered of what is chosen meanwhile. */
export function usePrincipals(keys: readonly string[]) {
  const [known, setKnown] = useState<Record<string, string>>({});
  const missing = keys.filter((key) => !(key in known));
  const labels = useQuery({
    queryKey: ["principals", ...[...missing].sort()],
    enabled: missing.length > 0,
    queryFn: async () => {
      const found: Record<string, string> = {};
      for (const [kind, object] of Object.entries(PRINCIPAL_OBJECTS)) {
        const ids = missing.filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
        if (ids.length === 0) continue;
        const page = await api.post<Page>(`/records/${object}/query`, { select: ["name"], where: { field: "id", op: "in", value: ids }, limit: 500 });
        for (const record of page.records) found[`${kind}:${record.id}`] = String(record["name"] ?? "");
      }
      return found;
    },
  });
  const all: Record<string, string> = { ...labels.data, ...known };
  return {
    list: keys.map((key) => principalOf(key, all[key] ?? "…")),
    remember: (list: Principal[]) => setKnown((old) => ({ ...old, ...Object.fromEntries(list.map((each) => [principalKey(each), each.label])) })),
  };
}
