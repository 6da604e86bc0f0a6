import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api, type ProblemError } from "@/api/client";
import { toWrite, type Values } from "./write";

/** A record that is there already, as far as the reader may be told. */
export interface DuplicateMatch {
  object: string;
  /** Null where the record is out of the reader's sight. */
  id: string | null;
  name: string | null;
  owner: string | null;
  state: "owned" | "in_pool" | "free";
  pool: string | null;
  action: "block" | "warn" | "merge";
  rules: string[];
}

interface Refused {
  acceptable: boolean;
  matches: DuplicateMatch[];
}

const OF_DUPLICATES = new Set(["duplicate_suspected", "duplicate_blocked"]);
/** Whether a refusal is of duplicates and of nothing else: then they are shown, and perhaps accepted. */
export const isOfDuplicates = (error: ProblemError) => error.errors.length > 0 && error.errors.every((each) => OF_DUPLICATES.has(each.code));
export const duplicatesOf = (error: ProblemError) => (error.found as Refused[]).flatMap((each) => each.matches);

const PAUSE_MS = 400;

/** What the rules would say of the values being typed, a moment after the last key. */
export function useDuplicates(object: string, values: Values, enabled = true): DuplicateMatch[] {
  const catalog = useCatalog();
  const texts = JSON.stringify(toWrite(catalog, object, Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "string" && value !== ""))));
  const [asked, setAsked] = useState("{}");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(texts), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [texts]);
  const found = useQuery({
    queryKey: ["duplicate-hints", object, asked],
    queryFn: () => api.post<{ matches: DuplicateMatch[] }>("/duplicates/check", { object, values: JSON.parse(asked) as Values }),
    enabled: enabled && asked !== "{}",
    retry: false,
  });
  return found.data?.matches ?? [];
}
