import { Check, Trash2 } from "lucide-react";
import { useId, type KeyboardEvent } from "react";
import type { Field } from "@/api/types";
import type { Scope } from "@/features/base/filters/evaluate";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { isLocked, isRequired, isShown, narrowed } from "../form/rules";
import type { NewRow } from "./model";
import styles from "./SubTable.module.css";

interface Props {
  row: NewRow;
  columns: readonly Field[];
  scope: Scope;
  /** Which can be typed into; the system gives the others. */
  writable: (field: Field) => boolean;
  autoFocus: boolean;
  label: string;
  removeLabel: string;
  onSet: (name: string, value: unknown) => void;
  onRemove: () => void;
  /** Given where a row is stored by itself. */
  onSave?: (() => void) | undefined;
  /** Enter in a field: a row stored by itself is saved, another is begun. */
  onEnter: () => void;
}

/** A row being typed: every column open, what was refused beneath its column or beneath the row. */
export function NewRowCells({ row, columns, scope, writable, autoFocus, label, removeLabel, onSet, onRemove, onSave, onEnter }: Props) {
  const { t, say } = useSpeech();
  const id = useId();
  const first = columns.findIndex(writable);
  const elsewhere = Object.entries(row.errors).filter(([name]) => !columns.some((field) => field.api_name === name && writable(field)));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    event.stopPropagation();
    const target = event.target as HTMLElement;
    // Enter in an open list picks from it, and in a text area begins a line.
    if (event.key !== "Enter" || event.nativeEvent.isComposing || target.tagName === "BUTTON" || target.tagName === "TEXTAREA" || target.getAttribute("aria-expanded") === "true") return;
    event.preventDefault();
    onEnter();
  };
  return (
    <div role="row" aria-label={label} className={cx(styles["row"], styles["new"])} onKeyDown={onKeyDown}>
      {columns.map((field, index) => {
        const shown = isShown(field, scope);
        const error = row.errors[field.api_name];
        const { Editor } = fieldUi(field);
        const open = shown && writable(field) && !isLocked(field, scope);
        return (
          <div key={field.id} role="gridcell" data-label={`${say(field.label)}${isRequired(field, scope) ? " *" : ""}`} className={cx(styles["cell"], styles["typing"], error && styles["faulty"])}>
            {open && (
              <div>
                <Editor field={narrowed(field, scope.values)} label={say(field.label)} value={row.values[field.api_name] ?? null} invalid={Boolean(error)} describedBy={error ? `${id}-${field.api_name}` : undefined} autoFocus={autoFocus && index === first} onChange={(value) => onSet(field.api_name, value)} />
              </div>
            )}
            {open && error && <span id={`${id}-${field.api_name}`} className={styles["fault"]} role="alert">{error}</span>}
          </div>
        );
      })}
      <div role="gridcell" className={cx(styles["cell"], styles["tools"])}>
        {onSave && <IconButton small label={t("subtable.saveRow")} onClick={onSave}><Check size={14} /></IconButton>}
        <IconButton small label={removeLabel} onClick={onRemove}><Trash2 size={13} /></IconButton>
      </div>
      {elsewhere.length > 0 && <div role="gridcell" className={styles["rowFault"]}><span role="alert">{elsewhere.map(([, message]) => message).join(" ")}</span></div>}
    </div>
  );
}
