import { Hash } from "lucide-react";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { TextFilter, TextInput } from "../parts/TextInput";
import { useSpeech, type Speech } from "@/messages";
import type { Field } from "@/api/types";
import { formatNumber } from "@/ui/format";
import { lazyConfig } from "../parts/configForm";

/** What a person may type for a number: thousands separators and full-width digits are taken off before it is sent. */
export function normaliseNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const half = value.replace(/[\uff10-\uff19\uff0e\uff0d]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
  return half.replace(/[,\uff0c\s]/g, "") || null;
}

const text = (value: unknown, field: Field, { language }: Speech) =>
  value === null || value === undefined ? "" : formatNumber(String(value), language, field.config.scale, field.config.grouping);

function Cell({ value, field }: CellProps) {
  return <>{text(value, field, useSpeech())}</>;
}
const Editor = (props: EditorProps) => (
  <TextInput {...props} inputMode="decimal" onCommit={props.onCommit ? (value) => props.onCommit?.(normaliseNumber(value)) : undefined} />
);
export const NumberFilter = (props: FilterProps) => <TextFilter {...props} inputMode="decimal" onChange={(value) => props.onChange(normaliseNumber(value))} />;

export const numberField: FieldUi = { icon: Hash, width: 110, align: "right", Cell, Editor, Filter: NumberFilter, text, toWrite: normaliseNumber, ConfigForm: lazyConfig(() => import("./Config")), startConfig: { scale: 2 } };
