import type { Filter, Localized } from "./types";

export interface ChecklistItem {
  key: string;
  label: Localized;
  required: boolean;
}
export interface Stage {
  key: string;
  probability: string | null;
  forecast_category: string | null;
  rot_days: number | null;
  required: string[];
  entry: Filter | null;
  exit: Filter | null;
  checklist: ChecklistItem[];
  next: string[];
  guidance: Localized | null;
}
export interface Pipeline {
  key: string;
  label: Localized;
  active: boolean;
  stages: Stage[];
  skipping: boolean;
  reopen: { who: "nobody" | "owner" | "manager" | "roles" | "anyone"; roles: string[]; into: string | null };
}
