import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { Field } from "@/api/types";
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
}

export const isEmptyValue = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
