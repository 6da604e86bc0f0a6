import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";
import { useSettled } from "@/ui/hooks";
import { useDesignPlace } from "../../parts/design";

export interface Fault {
  start: number;
  end: number;
  code: string;
  message: string;
  suggestion: string | null;
}
export interface Checked {
  type: string | null;
  object?: string;
  problems: Fault[];
  result?: unknown;
}
export interface FormulaFunction {
  key: string;
  category: string;
  doc: Localized;
  ways: { signature: string; returns: string }[];
  examples: { formula: string; result: string }[];
  operator?: boolean;
}
export type Expect = "number" | "text" | "boolean" | "date" | "datetime";

/** What the server says of a formula once the person pauses: its type, or its faults with their places. */
export function useCheck(object: string | undefined, formula: string, options: { expect?: Expect | undefined; blankAsZero?: boolean | undefined; record?: string | null | undefined }) {
  const place = useDesignPlace();
  const settled = useSettled(formula, 250);
  const body = {
    object: object ?? "", formula: settled, blank_as_zero: options.blankAsZero ?? false,
    ...(options.expect ? { expect: options.expect } : {}), ...(options.record ? { record_id: options.record } : {}), ...(place?.changeSet ? { change_set: place.changeSet } : {}),
  };
  const found = useQuery({
    queryKey: ["formulas", "check", body], enabled: Boolean(object) && settled.trim() !== "", placeholderData: keepPreviousData, retry: false,
    queryFn: ({ signal }) => api.post<Checked>("/metadata/formulas/check", body, { signal }),
  });
  return { checked: settled.trim() && !found.isPlaceholderData ? found.data : undefined, waiting: settled !== formula || found.isFetching, error: found.error };
}

export const useFunctions = () =>
  useQuery({ queryKey: ["formulas", "functions"], staleTime: Infinity, queryFn: () => api.get<{ categories: { key: string; label: Localized }[]; functions: FormulaFunction[] }>("/metadata/formulas/functions") });
