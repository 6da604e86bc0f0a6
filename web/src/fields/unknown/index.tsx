import { CircleHelp } from "lucide-react";
import type { FieldUi } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";

/** A type this client does not know yet still reads: text as text, labels as labels, the rest as JSON. */
export function readable(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(readable).join("、");
  if (typeof value === "object") return "label" in value ? readable(value.label) : JSON.stringify(value);
  return String(value);
}

export const unknownField: FieldUi = { icon: CircleHelp, width: 160, Cell: ({ value }) => <>{readable(value)}</>, Editor: TextInput, Filter: TextFilter, text: readable };
