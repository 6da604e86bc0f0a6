import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { Field, FieldConfig, Localized } from "@/api/types";
import type { Speech } from "@/messages";

export interface CellProps {
  value: unknown;
  field: Field;
  /** Whether references, mails and numbers may be followed by a click; in a grid the row takes the click. */
  linked?: boolean;
}

export interface EditorProps {
  value: unknown;
  field: Field;
  onChange: (value: unknown) => void;
  /** In-place editing ends here: a choice made, Enter, or leaving the field. */
  onCommit?: (value: unknown) => void;
  onCancel?: () => void;
  id?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  autoFocus?: boolean;
  /** The accessible name where no label element points here. */
  label?: string;
  bare?: boolean;
}

export interface FilterProps {
  value: unknown;
  onChange: (value: unknown) => void;
  field: Field;
  many: boolean;
  label: string;
  placeholder?: string;
}

export interface ConfigProps {
  config: FieldConfig;
  onChange: (config: FieldConfig) => void;
  /** What the server refused, by member of the configuration. */
  errors: Record<string, string>;
  /** The field stands already: what cannot change any more is shown but not offered. */
  existing?: boolean;
}

/** All that screens need to know of a field type; each type has one folder and one line in the registry. */
export interface FieldUi {
  icon: LucideIcon;
  Cell: ComponentType<CellProps>;
  Editor: ComponentType<EditorProps>;
  Filter: ComponentType<FilterProps>;
  /** The value as one line of plain text. */
  text: (value: unknown, field: Field, speech: Speech) => string;
  /** How a filter's value reads in a chip, when it takes more than `text`. */
  FilterText?: ComponentType<{ value: unknown; field: Field }>;
  /** What the API takes on write, from what the editor holds. */
  toWrite?: (value: unknown) => unknown;
  align?: "right";
  width: number;
  multiline?: boolean;
  /** Holds no value of its own: never a column, never asked for in a query. */
  virtual?: boolean;
  /** Never shown in plain: whoever may see the value asks for it with a reason. */
  sealed?: boolean;
  /** What an administrator sets for a field of this type; none where there is nothing to set. */
  ConfigForm?: ComponentType<ConfigProps>;
  /** What a new field begins with where that is not the server's default. */
  startConfig?: FieldConfig;
  /** The configuration as it is sent: keys made, blanks filled from the field's own label. */
  finishConfig?: (config: FieldConfig, label: Localized) => FieldConfig;
  /** Names of members without which the field cannot be. */
  neededConfig?: (keyof FieldConfig)[];
}

export const isEmptyValue = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
