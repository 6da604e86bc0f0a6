import type { QueryClient } from "@tanstack/react-query";
import type { Catalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { BatchOperation, Page, RecordData } from "@/api/types";
import { runBatch, type Running } from "@/features/base/batch";
import { mergeRecords } from "@/features/base/cache";
import { toWrite } from "@/features/base/write";
import type { CellChange } from "./history";
import { sameValue } from "./values";

const WINDOW = 500;

export interface Desk {
  object: string;
  client: QueryClient;
  catalog: Catalog;
}

export interface Refusal {
  id: string;
  message: string;
  /** What was not written. */
  changes: CellChange[];
}

export interface Written {
  /** With the values as the server then held them. */
  changes: CellChange[];
  refused: Refusal[];
}

function byRecord(changes: readonly CellChange[]): Map<string, CellChange[]> {
  const found = new Map<string, CellChange[]>();
  for (const change of changes) found.set(change.id, [...(found.get(change.id) ?? []), change]);
  return found;
}

/** The records as they are now; what is out of sight is not among them. */
export async function readNow(object: string, ids: readonly string[], select: string[]): Promise<Map<string, RecordData>> {
  const found = new Map<string, RecordData>();
  for (let start = 0; start < ids.length; start += WINDOW) {
    const where = { field: "id", op: "in", value: ids.slice(start, start + WINDOW) };
    const page = await api.post<Page>(`/records/${object}/query`, { select, where, limit: WINDOW });
    for (const record of page.records) found.set(record.id, record);
  }
  return found;
}

/** Writes cells, record by record, at the versions that were read; a refused record keeps all of its cells. */
export async function writeCells(desk: Desk, changes: readonly CellChange[], versions: ReadonlyMap<string, number>, running?: Running): Promise<Written> {
  const { object, catalog, client } = desk;
  const grouped = byRecord(changes);
  const ids = [...grouped.keys()];
  const operations = ids.map((id): BatchOperation => {
    const values = Object.fromEntries((grouped.get(id) ?? []).map((change) => [change.path, change.after]));
    return { op: "update", id, version: versions.get(id) ?? 0, values: toWrite(catalog, object, values) };
  });
  const outcome = await runBatch(object, operations, running?.onProgress, running?.signal);
  const refused = outcome.failed.map(({ index, message }) => ({ id: ids[index]!, message, changes: grouped.get(ids[index]!) ?? [] }));
  const paths = [...new Set(changes.map((change) => change.path))];
  // Read back: versions, what the server made of a value, and what is computed from it. What was written is told anyway.
  const now = await readNow(object, outcome.done, paths).catch(() => new Map<string, RecordData>());
  mergeRecords(client, object, now);
  const written = outcome.done.flatMap((id) => (grouped.get(id) ?? []).map((change) => ({ ...change, after: now.get(id)?.[change.path] ?? change.after })));
  return { changes: written, refused };
}

/** Writes only where the cell still holds `before`: what somebody else has changed since stays theirs. */
export async function writeWhereUnchanged(desk: Desk, changes: readonly CellChange[], said: { changed: string; gone: string }, running?: Running): Promise<Written> {
  const paths = [...new Set(changes.map((change) => change.path))];
  const now = await readNow(desk.object, [...byRecord(changes).keys()], paths);
  const holds: CellChange[] = [];
  const refused: Refusal[] = [];
  for (const change of changes) {
    const record = now.get(change.id);
    if (record && sameValue(record[change.path], change.before)) holds.push(change);
    else refused.push({ id: change.id, message: record ? said.changed : said.gone, changes: [change] });
  }
  const versions = new Map([...now].map(([id, record]) => [id, record.version]));
  const written = holds.length ? await writeCells(desk, holds, versions, running) : { changes: [], refused: [] };
  return { changes: written.changes, refused: [...refused, ...written.refused] };
}
