import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useCatalog, type Catalog } from "@/api/catalog";
import { api, ProblemError } from "@/api/client";
import type { RecordData } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { useSpeech, type Speech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { dropRecords, mergeRecord, refreshAround, refreshObject } from "./cache";
import { setConflict } from "./conflict";
import { keys } from "./keys";

export type Values = Record<string, unknown>;

/** Editors hold what reads well; the API takes ids and exact strings. */
export function toWrite(catalog: Catalog, object: string, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = catalog.field(object, name);
      const shape = field && fieldUi(field).toWrite;
      return [name, shape ? shape(value) : value];
    }),
  );
}

interface Desk {
  object: string;
  client: QueryClient;
  catalog: Catalog;
  speech: Speech;
}
interface PatchOptions {
  /** What the toast says; without it the change is silent. */
  said?: string;
  /** Where the caller shows field errors itself. */
  quiet?: boolean;
}

/** Totals and formulas of what these records belong to have been computed anew with them. */
function refreshParents({ client, catalog, object }: Desk): void {
  for (const field of catalog.object(object)?.fields ?? []) {
    const target = field.type === "relation" ? catalog.reached(field) : undefined;
    if (target && catalog.object(target)?.fields.some((each) => each.computed)) void client.invalidateQueries({ queryKey: [...keys.object(target), "one"] });
  }
}

/** What was undone may belong to another list or column again. */
function undone({ client, object, speech }: Desk): void {
  void client.invalidateQueries({ queryKey: keys.lists(object) });
  toast(speech.t("toast.undone"));
}

/** Whether the fields that are being written still hold what they held when writing began. */
export const untouched = (before: Values, current: Values) => Object.keys(before).every((name) => JSON.stringify(before[name]) === JSON.stringify(current[name] ?? null));

async function patch(desk: Desk, record: RecordData, values: Values, options: PatchOptions = {}): Promise<RecordData | null> {
  const { object, client, catalog, speech } = desk;
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, record[name] ?? null]));
  mergeRecord(client, object, record.id, values);
  try {
    const saved = await api.patch<RecordData>(`/records/${object}/${record.id}`, { ...toWrite(catalog, object, values), version: record.version });
    mergeRecord(client, object, record.id, saved);
    refreshAround(client, object);
    refreshParents(desk);
    if (options.said) toast(options.said, { action: { label: speech.t("action.undo"), run: () => void patch(desk, { ...record, ...saved }, before, { said: "" }).then(() => undone(desk)) } });
    return saved;
  } catch (error) {
    mergeRecord(client, object, record.id, before);
    if (error instanceof ProblemError && error.code === "version_conflict" && error.current) {
      const current = error.current;
      // Somebody changed other fields: both changes stand, and nobody is asked.
      if (untouched(before, current)) {
        mergeRecord(client, object, record.id, { ...current, ...values });
        return patch(desk, current, values, options);
      }
      setConflict({
        object, mine: values, current,
        keepMine: () => void patch(desk, current, values, options),
        keepTheirs: () => mergeRecord(client, object, record.id, current),
      });
      return null;
    }
    if (!options.quiet) complain(error, speech.t);
    throw error;
  }
}

interface CreateOptions {
  /** The person has seen what this may duplicate and goes on. */
  acceptDuplicates?: boolean;
}

async function create(desk: Desk, values: Values, options: CreateOptions = {}): Promise<RecordData> {
  const seen = options.acceptDuplicates ? { query: { accept_duplicates: "true" } } : {};
  const record = await api.post<RecordData>(`/records/${desk.object}`, toWrite(desk.catalog, desk.object, values), seen);
  desk.client.setQueryData(keys.one(desk.object, record.id), record);
  refreshObject(desk.client, desk.object);
  refreshAround(desk.client, desk.object);
  refreshParents(desk);
  return record;
}

async function remove(desk: Desk, record: RecordData, said: string): Promise<void> {
  const { object, client, speech } = desk;
  dropRecords(client, object, new Set([record.id]));
  try {
    await api.delete(`/records/${object}/${record.id}`, { query: { version: record.version } });
  } catch (error) {
    refreshObject(client, object);
    complain(error, speech.t);
    throw error;
  }
  refreshAround(client, object);
  refreshParents(desk);
  const restore = async () => {
    await api.post(`/records/${object}/${record.id}/restore`).catch((error: unknown) => complain(error, speech.t));
    refreshObject(client, object);
    refreshAround(client, object);
    refreshParents(desk);
    toast(speech.t("toast.undone"));
  };
  toast(said, { action: { label: speech.t("action.undo"), run: () => void restore() } });
}

/** The writes of one object, each optimistic, each undoable. */
export function useWrites(object: string) {
  const client = useQueryClient();
  const catalog = useCatalog();
  const speech = useSpeech();
  return useMemo(() => {
    const desk: Desk = { object, client, catalog, speech };
    return {
      patch: (record: RecordData, values: Values, options?: PatchOptions) => patch(desk, record, values, options),
      create: (values: Values, options?: CreateOptions) => create(desk, values, options),
      remove: (record: RecordData, said: string) => remove(desk, record, said),
    };
  }, [object, client, catalog, speech]);
}
