import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { runBatch } from "@/features/base/batch";
import { dropRecords, refreshAround, refreshObject } from "@/features/base/cache";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import type { CellChange } from "../cells/history";
import { useHistory } from "../cells/useHistory";
import { sameValue } from "../cells/values";
import { writeCells } from "../cells/writing";
import { readTargets, type Targets } from "./targets";

export interface Progress {
  phase: "reading" | "writing";
  done: number;
  total: number;
}

export interface Failure {
  id: string;
  title: string;
  message: string;
}

/** Work on many records: it tells how far it is, can be stopped, can be undone, and lists what was refused. */
export function useBulk(type: ObjectType) {
  const client = useQueryClient();
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const object = type.api_name;
  const history = useHistory(object);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failures, setFailures] = useState<Failure[] | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  /** Runs one piece of work; whether it came to its end with nothing refused. */
  const run = async (targets: Targets, count: number, select: string[], work: (records: RecordData[], tell: (done: number) => void, signal: AbortSignal) => Promise<Failure[]>): Promise<boolean> => {
    const controller = new AbortController();
    running.current = controller;
    setFailures(null);
    setProgress({ phase: "reading", done: 0, total: count });
    let clean = false;
    try {
      const records = await readTargets(targets, [...new Set([...select, type.title_field])], { signal: controller.signal, onProgress: (done) => setProgress({ phase: "reading", done, total: Math.max(done, count) }) });
      if (!controller.signal.aborted) {
        const total = records.length;
        setProgress({ phase: "writing", done: 0, total });
        const failed = await work(records, (done) => setProgress({ phase: "writing", done, total }), controller.signal);
        if (failed.length) setFailures(failed);
        clean = failed.length === 0;
      }
    } catch (error) {
      if (!controller.signal.aborted) complain(error, t);
    }
    setProgress(null);
    refreshObject(client, object);
    refreshAround(client, object);
    return clean;
  };
  const titled = (records: RecordData[]) => {
    const titles = new Map(records.map((record) => [record.id, String(record[type.title_field] ?? "")]));
    return (id: string, message: string): Failure => ({ id, title: titles.get(id) ?? "", message });
  };
  const change = (targets: Targets, count: number, path: string, next: (before: unknown) => unknown) =>
    run(targets, count, [path], async (records, onProgress, signal) => {
      const changes = records.flatMap((record): CellChange[] => {
        const before = record[path] ?? null;
        const after = next(before) ?? null;
        return sameValue(before, after) ? [] : [{ id: record.id, path, before, after }];
      });
      const versions = new Map(records.map((record) => [record.id, record.version]));
      const { changes: written, refused } = await writeCells({ object, client, catalog }, changes, versions, { onProgress, signal });
      const said = refused[0] ? t("list.bulkFailed", { n: written.length, failed: refused.length, message: refused[0].message }) : t("list.bulkChanged", { n: written.length });
      history.push({ kind: "cells", changes: written }, said);
      return refused.map(({ id, message }) => titled(records)(id, message));
    });
  const remove = (targets: Targets, count: number) =>
    run(targets, count, [], async (records, onProgress, signal) => {
      const { done, failed } = await runBatch(object, records.map(({ id, version }) => ({ op: "delete", id, version })), onProgress, signal);
      dropRecords(client, object, new Set(done));
      const said = failed[0] ? t("list.bulkFailed", { n: done.length, failed: failed.length, message: failed[0].message }) : t("list.bulkDeleted", { n: done.length, label: say(type.label) });
      history.push({ kind: "deleted", ids: done }, said);
      return failed.map(({ index, message }) => titled(records)(records[index]?.id ?? "", message));
    });
  return { change, remove, progress, failures, stop: () => running.current?.abort() };
}
