import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

export const WAYS = ["name", "near", "phone", "code", "email", "domain", "exact"] as const;
export const ACTIONS = ["block", "warn", "merge"] as const;
export interface Part {
  way: (typeof WAYS)[number];
  field: string;
  other: string;
}
export interface Rule {
  key: string;
  label: Localized;
  against: string;
  active: boolean;
  action: (typeof ACTIONS)[number];
  parts: Part[];
  where?: unknown;
  exempt: string[];
}
export interface ObjectRules {
  object: string;
  version: number;
  rules: Rule[];
  building: { done: number; total: number } | null;
}
interface Rules {
  objects: ObjectRules[];
  per_day: number;
}

const KEY = ["duplicate-rules"];
const BUILDING_MS = 3_000;
export const useRules = () => useQuery({ queryKey: KEY, queryFn: () => api.get<Rules>("/duplicates/rules"), refetchInterval: ({ state: { data } }) => (data?.objects.some((each) => each.building) ? BUILDING_MS : false) });

export function useSaveRules() {
  const client = useQueryClient();
  const { t } = useSpeech();
  const done = async (work: Promise<unknown>, said: string) => {
    try {
      await work;
      toast(said);
      return true;
    } catch (error) {
      complain(error, t);
      return false;
    } finally {
      await client.invalidateQueries({ queryKey: KEY });
    }
  };
  return {
    save: (of: ObjectRules, rules: Rule[]) => done(api.put(`/duplicates/rules/${of.object}`, { rules, version: of.version }), t("dup.rulesSaved")),
    reset: (of: ObjectRules) => done(api.delete(`/duplicates/rules/${of.object}`), t("dup.rulesSaved")),
    limit: (perDay: number) => done(api.put("/duplicates/limit", { per_day: perDay }), t("dup.limitSaved")),
  };
}
