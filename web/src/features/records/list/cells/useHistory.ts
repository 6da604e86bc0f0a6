import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import { useCatalog } from "@/api/catalog";
import { runBatch } from "@/features/base/batch";
import { refreshAround, refreshObject } from "@/features/base/cache";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { done, doneAgain, nothing, reversed, takenBack, type History, type Step } from "./history";
import { writeWhereUnchanged } from "./writing";

/** Kept beside the screens: going to a record and back forgets nothing. */
const histories = new Map<string, History>();
const listeners = new Set<() => void>();
const busy = new Set<string>();

function keep(object: string, history: History) {
  histories.set(object, history);
  listeners.forEach((listener) => listener());
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export interface Undoing {
  push: (step: Step, said: string, tone?: "danger") => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

/** The undo stack of an object's lists in this session. */
export function useHistory(object: string): Undoing {
  const client = useQueryClient();
  const catalog = useCatalog();
  const { t } = useSpeech();
  const history = useSyncExternalStore(subscribe, () => histories.get(object) ?? nothing);
  const acts = useMemo(() => {
    const read = () => histories.get(object) ?? nothing;
    /** Carries out a step; how many records or cells it reached, and the first reason where some were refused. */
    const carryOut = async (step: Step): Promise<{ failed: number; done: number; message: string }> => {
      if (step.kind === "cells") {
        const { changes, refused } = await writeWhereUnchanged({ object, client, catalog }, step.changes, { changed: t("grid.changedSince"), gone: t("grid.goneSince") });
        return { done: changes.length, failed: refused.length, message: refused[0]?.message ?? "" };
      }
      const op = step.kind === "deleted" ? "delete" : "restore";
      const outcome = await runBatch(object, step.ids.map((id) => ({ op, id })));
      return { done: outcome.done.length, failed: outcome.failed.length, message: outcome.failed[0]?.message ?? "" };
    };
    const run = async (step: Step, target: Step, after: (history: History, step: Step) => History, said: string) => {
      if (busy.has(object)) return;
      busy.add(object);
      try {
        const { failed, done: reached, message } = await carryOut(target);
        keep(object, after(read(), step));
        if (failed) toast(t("grid.undoneInPart", { n: reached, failed, message }), { tone: "danger" });
        else toast(said);
      } catch (error) {
        complain(error, t);
      }
      busy.delete(object);
      refreshObject(client, object);
      refreshAround(client, object);
    };
    const back = (step: Step) => void run(step, reversed(step), takenBack, t("toast.undone"));
    const undo = () => {
      const step = read().undo.at(-1);
      if (step) back(step);
    };
    const redo = () => {
      const step = read().redo.at(-1);
      if (step) void run(step, step, doneAgain, t("grid.redone"));
    };
    const push = (step: Step, said: string, tone?: "danger") => {
      keep(object, done(read(), step));
      toast(said, { ...(tone ? { tone } : {}), action: { label: t("action.undo"), run: () => read().undo.includes(step) && back(step) } });
    };
    return { push, undo, redo };
  }, [object, client, catalog, t]);
  return { ...acts, canUndo: history.undo.length > 0, canRedo: history.redo.length > 0 };
}
