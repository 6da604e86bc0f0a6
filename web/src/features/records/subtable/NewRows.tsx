import { useRef } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import { mayEdit } from "@/features/base/rights";
import { useSpeech } from "@/messages";
import { settle } from "../form/rules";
import { useScopeOf } from "../form/useScope";
import { Frame } from "./Frame";
import { newRow, rowsOf, sumOf, type NewRow, type Rows } from "./model";
import { NewRowCells } from "./NewRowCells";

interface Props {
  field: Field;
  rows: NewRow[];
  onChange: (rows: NewRow[]) => void;
  error?: string | undefined;
}

/** Rows of a record that is not made yet: they are sent along with it. */
export function NewRows({ field, ...rest }: Props) {
  const shape = rowsOf(useCatalog(), field);
  return shape?.type.permissions.create ? <Cells shape={shape} field={field} {...rest} /> : null;
}

function Cells({ shape, field, rows, onChange, error }: Props & { shape: Rows }) {
  const { t, say } = useSpeech();
  const scopeOf = useScopeOf(shape.type);
  const begun = useRef(false);
  const { type } = shape;
  // The system fills what it computes only when the row is stored: it has no column here.
  const columns = shape.columns.filter((each) => !each.computed && !each.readonly);
  const creating = { ...type, permissions: { ...type.permissions, update: true } };
  const totals = shape.totals.filter((name) => columns.some((each) => each.api_name === name));
  const sums = totals.length ? Object.fromEntries(totals.map((name) => [name, sumOf(rows.map((row) => row.values[name] ?? null))])) : null;
  const add = () => {
    begun.current = true;
    onChange([...rows, newRow()]);
  };
  const set = (key: number, name: string, value: unknown) => onChange(rows.map((row) => (row.key === key ? { ...row, values: settle(type.fields, { ...row.values, [name]: value }, name).values } : row)));
  return (
    <Frame name={say(field.label)} testId={`subtable-${field.api_name}`} count={rows.length || undefined} columns={columns} totals={sums} onAdd={add} empty={rows.length === 0} error={error}>
      {rows.map((row, index) => (
        <NewRowCells
          key={row.key} row={row} columns={columns} scope={scopeOf(row.values)} writable={(each) => mayEdit(creating, each)} autoFocus={begun.current && index === rows.length - 1}
          label={t("subtable.row", { n: index + 1 })} removeLabel={t("subtable.delete", { n: index + 1 })}
          onSet={(name, value) => set(row.key, name, value)} onRemove={() => onChange(rows.filter((each) => each.key !== row.key))} onEnter={() => index === rows.length - 1 && add()}
        />
      ))}
    </Frame>
  );
}
