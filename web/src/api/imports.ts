import type { Problem } from "./types";

export type ImportState = "analysed" | "checking" | "checked" | "loading" | "cancelling" | "done" | "cancelled" | "failed" | "undone";

export interface ImportColumn {
  index: number;
  name: string;
  type: string;
  fill_rate: string;
  distinct: number | null;
  samples: string[];
  values?: { value: string; count: number }[] | null;
  suggestion: { field: string; confidence: string; reason: string } | null;
}

export interface ColumnMapping {
  column: number;
  field: string;
  match_by?: string;
  create_missing?: boolean;
  values?: Record<string, string>;
  create_choices?: boolean;
  format?: string;
}
export interface ImportMapping {
  columns: ColumnMapping[];
  key?: string | null;
  currency?: string | null;
  duplicates?: "review" | "leave_out";
  /** Whether new rows come as they stood, in whatever stage. */
  history?: boolean;
}

export interface ImportProblem {
  row: number;
  column: string;
  value: string | null;
  code: string;
  message: string;
}
export interface ImportReport {
  rows: number;
  to_create?: number;
  to_update?: number;
  to_reject?: number;
  created?: number;
  updated?: number;
  rejected?: number;
  related_to_create?: Record<string, number>;
  choices_to_create?: Record<string, string[]>;
  problems?: ImportProblem[];
  problem_counts?: { column: string; code: string; message: string; count: number }[];
}
export interface ImportJob {
  id: string;
  object: string;
  state: ImportState;
  file_name: string;
  size: number;
  format: { kind: string; encoding?: string | null; delimiter?: string | null; header_row?: number; sheet?: string | null; sheets?: string[] };
  row_count: number;
  columns: ImportColumn[];
  preview: (string | null)[][];
  mapping: ImportMapping | null;
  report: ImportReport | null;
  progress: { phase: string; done: number; total: number; rows_per_second: number | null; seconds_left: number | null } | null;
  error: Problem | null;
}
