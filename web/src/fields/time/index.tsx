import { Clock } from "lucide-react";
import type { EditorProps, FieldUi, FilterProps } from "../contract";
import { TextInput } from "../parts/TextInput";

/** Seconds are shown where they say something. */
const text = (value: unknown) => (typeof value === "string" ? value.replace(/^(\d\d:\d\d):00$/, "$1") : "");

const Editor = (props: EditorProps) => <TextInput {...props} type="time" />;
const Filter = ({ value, onChange, field, label }: FilterProps) => <TextInput type="time" value={value} onChange={onChange} field={field} label={label} />;

export const timeField: FieldUi = { icon: Clock, width: 100, Cell: ({ value }) => <>{text(value)}</>, Editor, Filter, text };
