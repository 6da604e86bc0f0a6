import { api } from "@/api/client";
import type { Page, QueryBody, RecordData } from "@/api/types";
import type { Running } from "@/features/base/batch";
import { readNow } from "../cells/writing";

const WINDOW = 1_000;

/** Which records are meant: some that were picked, or all that match, loaded or not. */
export interface Targets {
  object: string;
  picked: ReadonlyMap<string, RecordData>;
  /** Given where all are meant. */
  scope: Pick<QueryBody, "where" | "search"> | null;
}

/**
 * The records that are meant with the fields that are asked for. All that match are read to their end before anything is
 * written, in the order of their making: writing may change what matches and where it stands.
 */
export async function readTargets({ object, picked, scope }: Targets, select: string[], { onProgress, signal }: Running): Promise<RecordData[]> {
  if (!scope) {
    const missing = [...picked.values()].some((record) => select.some((name) => !(name in record)));
    return missing ? [...(await readNow(object, [...picked.keys()], select)).values()] : [...picked.values()];
  }
  const found: RecordData[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await api.post<Page>(`/records/${object}/query`, { ...scope, select, limit: WINDOW, ...(cursor ? { cursor } : {}) }, signal ? { signal } : {});
    found.push(...page.records);
    cursor = page.next_cursor;
    onProgress?.(found.length);
  } while (cursor && !signal?.aborted);
  return found;
}
