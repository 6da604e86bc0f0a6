import { runBatch, type Running } from "@/features/base/batch";
import { refreshAround, refreshObject } from "@/features/base/cache";
import { toWrite } from "@/features/base/write";
import { useSpeech } from "@/messages";
import type { Plan } from "./plan";
import { useHistory } from "./useHistory";
import { writeCells, type Desk } from "./writing";

export interface Unwritten {
  title: string;
  path: string;
  text: string;
  message: string;
}

/** Writes a plan as one step that can be undone, and gives back the cells that the server refused after all. */
export function usePlanWriting(desk: Desk) {
  const { t } = useSpeech();
  const history = useHistory(desk.object);
  const { object, catalog, client } = desk;
  return async (plan: Plan, creations: Plan["creations"], running: Running): Promise<Unwritten[]> => {
    const left: Unwritten[] = [];
    if (plan.changes.length) {
      const { changes, refused } = await writeCells(desk, plan.changes, plan.versions, running);
      for (const { message, changes: cells } of refused) left.push(...cells.map(({ id, path }) => ({ title: plan.titles.get(id) ?? "", path, text: plan.texts.get(`${id} ${path}`) ?? "", message })));
      if (changes.length) history.push({ kind: "cells", changes }, t("grid.cellsChanged", { n: changes.length }));
    }
    if (creations.length) {
      const { done, failed } = await runBatch(object, creations.map((values) => ({ op: "create", values: toWrite(catalog, object, values) })));
      const path = Object.keys(creations[0] ?? {})[0] ?? "";
      left.push(...failed.map(({ index, message }) => ({ title: String(Object.values(creations[index] ?? {})[0] ?? ""), path, text: "", message })));
      if (done.length) history.push({ kind: "created", ids: done }, t("grid.rowsMade", { n: done.length }));
      refreshObject(client, object);
    }
    refreshAround(client, object);
    return left;
  };
}
