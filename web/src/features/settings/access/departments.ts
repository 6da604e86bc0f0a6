import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { RecordData, Reference } from "@/api/types";
import { readAll } from "@/features/base/batch";
import { keys } from "@/features/base/keys";

export interface DepartmentNode {
  value: string;
  title: string;
  record: RecordData;
  children: DepartmentNode[];
}

export const idIn = (value: unknown): string | null => (value as Reference | null)?.id ?? null;

/** The tree of departments; what points to a parent out of sight stands at the top. */
export function treeOf(records: RecordData[]): DepartmentNode[] {
  const nodes = new Map(records.map((record) => [record.id, { value: record.id, title: String(record["name"] ?? ""), record, children: [] as DepartmentNode[] }]));
  const roots: DepartmentNode[] = [];
  for (const node of nodes.values()) {
    const above = nodes.get(idIn(node.record["parent"]) ?? "");
    (above?.children ?? roots).push(node);
  }
  return roots;
}

export const DEPARTMENT_FIELDS = ["name", "parent", "head", "code"];

export function useDepartments() {
  const found = useQuery({
    queryKey: [...keys.object("department"), "all"],
    staleTime: 30_000,
    queryFn: async () => [...(await readAll("department", { where: null, search: undefined, sort: [{ field: "name", direction: "asc" }] }, DEPARTMENT_FIELDS)).values()],
  });
  const nodes = useMemo(() => treeOf(found.data ?? []), [found.data]);
  return { ...found, nodes, records: found.data ?? [] };
}
