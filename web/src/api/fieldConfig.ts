import type { Localized } from "./types";

export interface Choice {
  key: string;
  label: Localized;
  color?: string | null;
  category?: "open" | "won" | "lost" | null;
  probability?: string | null;
  archived?: boolean;
  /** Into this one only the house moves a record. */
  managed?: boolean;
  /** Keys of the controlling field under which it is offered; none: always. */
  when?: string[];
}

/** The union of all types' configurations; each field type's folder reads only its own members. */
export interface FieldConfig {
  choices?: Choice[];
  /** Which keys may follow which; none: all is free. */
  transitions?: Record<string, string[]> | null;
  target?: string;
  inverse_label?: Localized;
  scale?: number | null;
  grouping?: boolean;
  min?: string | number | null;
  max?: string | number | null;
  currency?: string | null;
  max_length?: number | null;
  pattern?: string | null;
  pattern_message?: Localized | null;
  format?: string | null;
  region?: string;
  most?: number;
  max_mb?: number;
  accept?: string[];
  targets?: string[];
  scope?: string;
  map?: string;
  depends_on?: string | null;
  formula?: string;
  blank_as_zero?: boolean;
  gap_free?: boolean;
  /** What a computed field gives, which the server finds. */
  result?: string | null;
  relation?: string;
  function?: string;
  field?: string | null;
  condition?: string | null;
  path?: string;
  choices_of?: string | null;
  columns?: string[];
  totals?: string[];
  action?: "set" | "open";
  values?: Record<string, unknown>;
  url?: string | null;
  confirm?: Localized | null;
  color?: string;
}
