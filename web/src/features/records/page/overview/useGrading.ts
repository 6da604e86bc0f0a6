import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";

export interface GradingMark { rule: { id: string; label: string }; field: string; value: string; since: string; until: string | null; placed: boolean }
export interface RecordGrading { marks: GradingMark[]; completeness: { fields: { field: string; weight: number }[]; chosen: boolean } }

/** What rules hold of a record, and which fields make it complete; asked again when the record has changed. */
export const useGrading = (object: string, id: string, version: number) =>
  useQuery<RecordGrading>({ queryKey: ["records", object, "grading", id, version], staleTime: 60_000, placeholderData: (old) => old, queryFn: ({ signal }) => api.get<RecordGrading>(`/records/${object}/${id}/grading`, { signal }) });
