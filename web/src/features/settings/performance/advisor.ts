import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

export interface Named {
  name: string;
  label: string;
}

export interface SlowView {
  object: Named;
  view: { id: string | null; name: string };
  words: string;
  fields: Named[];
}

export type IndexState = "waiting" | "making" | "ready" | "failed" | "dropping" | "dropped";

export interface AskedIndex {
  id: string;
  object: Named;
  fields: Named[];
  state: IndexState;
  progress: { phase?: string; part?: number };
  error: string | null;
}

export interface UnusedIndex {
  id: string | null;
  object: Named;
  fields: Named[];
  size: number;
}

interface Standing {
  indexes: AskedIndex[];
  unused: UnusedIndex[];
  since: string | null;
  /** From when on an index may be called unused. */
  judged_from: string | null;
}

const KEY = ["advisor"];
const MOVING: IndexState[] = ["waiting", "making", "dropping"];
const EVERY_MS = 1_500;

export const useSlowViews = (language: string) => useQuery({ queryKey: [...KEY, "views", language], queryFn: ({ signal }) => api.get<{ views: SlowView[]; asked: number }>("/advisor/views", { signal }) });

/** Looked at again and again only while something is being made or dropped; what ends may make a slow view slow no more, or again. */
export function useStanding(language: string) {
  const queries = useQueryClient();
  const standing = useQuery({
    queryKey: [...KEY, "indexes", language],
    queryFn: ({ signal }) => api.get<Standing>("/advisor/indexes", { signal }),
    refetchInterval: ({ state }) => (state.data?.indexes.some((each) => MOVING.includes(each.state)) ? EVERY_MS : false),
  });
  const ended = standing.data && standing.data.indexes.filter((each) => !MOVING.includes(each.state)).map(({ id, state }) => `${id} ${state}`).join();
  const known = useRef(ended);
  useEffect(() => {
    if (known.current !== undefined && known.current !== ended) void queries.invalidateQueries({ queryKey: [...KEY, "views"] });
    known.current = ended;
  }, [ended, queries]);
  return standing;
}

/** What can be done with indexes; one thing at a time, so that a double click does it once. */
export function useActs() {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);
  const act = async (key: string, work: () => Promise<void>) => {
    setBusy(key);
    try {
      await work();
    } catch (error) {
      complain(error, t);
    } finally {
      // Refused or done: what is listed may be out of date, because somebody else was first.
      await queries.invalidateQueries({ queryKey: KEY });
      setBusy(null);
    }
  };
  const make = (object: string, fields: Named[]) =>
    act(keyOf(object, fields), async () => {
      await api.post("/advisor/indexes", { object, fields: fields.map(({ name }) => name) });
      toast(t("advisor.making"));
    });
  const remove = (said: "advisor.dropped" | "advisor.stopped") => (id: string) =>
    act(id, async () => {
      await api.delete(`/advisor/indexes/${id}`);
      toast(t(said));
    });
  const turnOff = (object: string, field: Named) =>
    act(keyOf(object, [field]), async () => {
      const change = await api.post<{ id: string }>("/metadata/changes", { operations: [{ kind: "update_field", object, field: field.name, set: { indexed: false } }] });
      const undo = () => void act(change.id, () => api.post(`/metadata/changes/${change.id}/revert`).then(() => undefined));
      toast(t("advisor.turnedOff", { field: field.label }), { action: { label: t("action.undo"), run: undo } });
    });
  return { busy, make, drop: remove("advisor.dropped"), stop: remove("advisor.stopped"), turnOff };
}

export const keyOf = (object: string, fields: Named[]): string => [object, ...fields.map(({ name }) => name)].join(" ");

export const namesOf = (fields: Named[]): string => fields.map(({ label }) => label).join(" → ");
