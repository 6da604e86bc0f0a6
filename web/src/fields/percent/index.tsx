import { Percent } from "lucide-react";
import type { Field } from "@/api/types";
import { useSpeech, type Speech } from "@/messages";
import { formatNumber } from "@/ui/format";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { normaliseNumber, NumberFilter } from "../number";
import { TextInput } from "../parts/TextInput";
import { lazyConfig } from "../parts/configForm";

const clean = (value: unknown) => (typeof value === "string" ? normaliseNumber(value.replace(/[%\uff05]/g, "")) : value);
const text = (value: unknown, field: Field, { language }: Speech) =>
  value === null || value === undefined ? "" : `${formatNumber(String(value), language, field.config.scale)}%`;

function Cell({ value, field }: CellProps) {
  return <>{text(value, field, useSpeech())}</>;
}
const Editor = (props: EditorProps) => (
  <TextInput {...props} inputMode="decimal" suffix="%" onCommit={props.onCommit ? (value) => props.onCommit?.(clean(value)) : undefined} />
);

export const percentField: FieldUi = { icon: Percent, width: 90, align: "right", Cell, Editor, Filter: NumberFilter, text, toWrite: clean, ConfigForm: lazyConfig(() => import("../number/Config")) };
