import { CircleDollarSign } from "lucide-react";
import { useState } from "react";
import type { Field, Money } from "@/api/types";
import { useSpeech, type Speech } from "@/messages";
import { formatMoney } from "@/ui/format";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { normaliseNumber, NumberFilter } from "../number";
import { TextInput } from "../parts/TextInput";
import { lazyConfig } from "../parts/configForm";

const isMoney = (value: unknown): value is Money => typeof value === "object" && value !== null && "amount" in value;

const text = (value: unknown, field: Field, { language }: Speech) => {
  if (isMoney(value)) return formatMoney(value, language, field.config.scale);
  return value === null || value === undefined ? "" : formatMoney({ amount: String(value), currency: field.config.currency ?? "CNY" }, language, field.config.scale);
};

function Cell({ value, field }: CellProps) {
  return <>{text(value, field, useSpeech())}</>;
}

/** The amount is typed; the currency stays what the record has, also while nothing stands there, else the field's own. */
function Editor({ value, onChange, onCommit, ...rest }: EditorProps) {
  const [first] = useState(isMoney(value) ? value.currency : null);
  const currency = (isMoney(value) ? value.currency : first) ?? rest.field.config.currency ?? undefined;
  const wrap = (amount: unknown) => (amount === null ? null : currency ? { amount, currency } : amount);
  return (
    <TextInput
      {...rest}
      value={isMoney(value) ? value.amount : value}
      inputMode="decimal"
      suffix={currency}
      onChange={(amount) => onChange(wrap(amount))}
      onCommit={onCommit ? (amount) => onCommit(wrap(normaliseNumber(amount))) : undefined}
    />
  );
}

const toWrite = (value: unknown) => (isMoney(value) ? { amount: normaliseNumber(value.amount), currency: value.currency } : normaliseNumber(value));
const Filter = (props: FilterProps) => <NumberFilter {...props} value={isMoney(props.value) ? props.value.amount : props.value} />;

export const currencyField: FieldUi = { icon: CircleDollarSign, width: 140, align: "right", Cell, Editor, Filter, text, toWrite, ConfigForm: lazyConfig(() => import("./Config")) };
