import { Timer } from "lucide-react";
import type { Field } from "@/api/types";
import { useSpeech, type Speech } from "@/messages";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { TextInput } from "../parts/TextInput";

/** Minutes as hours and minutes; what was typed a moment ago reads as it was typed. */
function text(value: unknown, _field: Field, { t, language }: Speech): string {
  if (value === null || value === undefined || value === "") return "";
  const minutes = Math.round(Number(value));
  if (Number.isNaN(minutes)) return String(value);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours ? t("value.hours", { n: hours }) : "", rest || !hours ? t("value.minutes", { n: rest }) : ""].filter(Boolean).join(language === "en" ? " " : "");
}

function Cell({ value, field }: CellProps) {
  return <>{text(value, field, useSpeech())}</>;
}

/** Typed as people write it (1:30, 90, 1h 30m); the server reads it. */
function Editor({ value, ...rest }: EditorProps) {
  const speech = useSpeech();
  return <TextInput {...rest} value={typeof value === "number" ? text(value, rest.field, speech) : value} />;
}
const Filter = ({ value, onChange, field, label }: FilterProps) => <Editor value={value} onChange={onChange} field={field} label={label} />;

export const durationField: FieldUi = { icon: Timer, width: 120, align: "right", Cell, Editor, Filter, text };
