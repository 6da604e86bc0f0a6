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

/** A code from a name: Latin words joined by underscores; a name without any gets a numbered one. */
export function codeFrom(name: string, taken: readonly string[], prefix: string): string {
  const base = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 40);
  const start = base || `${prefix}_1`;
  if (!taken.includes(start)) return start;
  const stem = start.replace(/_\d+$/, "");
  for (let n = 2; ; n += 1) if (!taken.includes(`${stem}_${n}`)) return `${stem}_${n}`;
}

/** Choices typed one per line become keys that stay when the label changes later. */
export function choicesFrom(lines: string, colours: readonly string[]): { key: string; label: Record<string, string>; color: string }[] {
  const keys: string[] = [];
  return lines.split("\n").map((line) => line.trim()).filter(Boolean).map((line, index) => {
    const key = codeFrom(line, keys, "choice");
    keys.push(key);
    return { key, label: { "zh-CN": line, en: line }, color: colours[(index + 1) % colours.length] ?? "gray" };
  });
}
