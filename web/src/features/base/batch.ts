import { api, ProblemError, randomKey } from "@/api/client";
import type { BatchOperation, BatchResult, Filter, Language, Page, QueryBody, RecordData, Sort } from "@/api/types";
import { speechOf } from "@/messages";

const spoken = (): Language => (document.documentElement.lang === "en" ? "en" : "zh-CN");
const CHUNK = 1_000;
const WINDOW = 500;

export interface Outcome {
  done: string[];
  failed: { index: number; message: string }[];
}

/** How a long piece of work tells how far it is, and by what it is stopped. */
export interface Running {
  onProgress?: (done: number) => void;
  signal?: AbortSignal;
}

const PATIENCE_MS = [500, 2_000];

/** A chunk whose answer was lost is sent again under its key, so that what did arrive is not done twice. */
async function sendChunk(object: string, operations: BatchOperation[]): Promise<BatchResult[]> {
  const headers = { "Idempotency-Key": randomKey() };
  for (const wait of [...PATIENCE_MS, null]) {
    try {
      return (await api.post<{ results: BatchResult[] }>(`/records/${object}/batch`, { mode: "per_row", operations }, { headers })).results;
    } catch (error) {
      if (wait === null || !(error instanceof ProblemError) || error.code !== "network") throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return [];
}

/**
 * Sends operations in chunks the API takes, row by row independent, telling how far it is; stopped, it ends with the chunk
 * under way. Where it breaks off after something was done, the rest is told as failed: what was done is not forgotten.
 */
export async function runBatch(object: string, operations: BatchOperation[], onProgress?: (done: number) => void, signal?: AbortSignal): Promise<Outcome> {
  const outcome: Outcome = { done: [], failed: [] };
  for (let at = 0; at < operations.length; at += CHUNK) {
    if (signal?.aborted) break;
    const chunk = operations.slice(at, at + CHUNK);
    let results: BatchResult[];
    try {
      results = await sendChunk(object, chunk);
    } catch (error) {
      if (at === 0) throw error;
      const message = error instanceof ProblemError && error.code !== "network" ? error.message : speechOf(spoken()).t("state.network");
      operations.slice(at).forEach((_each, index) => outcome.failed.push({ index: at + index, message }));
      break;
    }
    results.forEach((result, index) => {
      if (result.status === "ok") outcome.done.push(result.id);
      else outcome.failed.push({ index: at + index, message: result.error.detail || result.error.title });
    });
    onProgress?.(Math.min(at + CHUNK, operations.length));
  }
  return outcome;
}

export interface ListScope {
  where: Filter | null;
  search: string | undefined;
  sort: Sort[];
}

/** Reads every record of a list's scope, a window at a time, until `enough` says so. */
export async function readAll(object: string, scope: ListScope, select: string[], enough?: (found: Map<string, RecordData>) => boolean): Promise<Map<string, RecordData>> {
  const found = new Map<string, RecordData>();
  let cursor: string | null = null;
  do {
    const body: QueryBody = { select, where: scope.where, sort: scope.sort, limit: WINDOW };
    if (scope.search) body.search = scope.search;
    if (cursor) body.cursor = cursor;
    const page: Page = await api.post<Page>(`/records/${object}/query`, body);
    for (const record of page.records) found.set(record.id, record);
    cursor = page.next_cursor;
  } while (cursor && !enough?.(found));
  return found;
}
