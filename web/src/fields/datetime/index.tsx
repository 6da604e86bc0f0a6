import { Clock } from "lucide-react";
import type { Field } from "@/api/types";
import { useSpeech, type Speech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { LazyPicker } from "../date";

const text = (value: unknown, _field: Field, { language }: Speech) => (typeof value === "string" && value ? formatDateTime(value, language) : "");

function Cell({ value, field }: CellProps) {
  return <>{text(value, field, useSpeech())}</>;
}
const Editor = (props: EditorProps) => <LazyPicker {...props} withTime />;
const Filter = ({ value, onChange, field, label }: FilterProps) => <LazyPicker value={value} onChange={onChange} field={field} label={label} withTime />;

export const datetimeField: FieldUi = { icon: Clock, width: 150, Cell, Editor, Filter, text };
