import { Trash2 } from "lucide-react";
import type { KeyboardEvent } from "react";
import type { Field, RecordData } from "@/api/types";
import type { Scope } from "@/features/base/filters/evaluate";
import { mayEdit } from "@/features/base/rights";
import { isEmptyValue } from "@/fields/contract";
import { InPlaceEditor } from "@/fields/InPlaceEditor";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { isLocked, isShown, narrowed } from "../form/rules";
import { isRight } from "./Frame";
import type { Rows } from "./model";
import styles from "./SubTable.module.css";

export interface Editing {
  id: string;
  name: string;
  /** What was refused stays typed, with the reason. */
  typed?: unknown;
  error?: string;
}

interface Props {
  rows: Rows;
  record: RecordData;
  index: number;
  scope: Scope;
  /** The column that has or last had the focus. */
  active: number | null;
  editing: Editing | null;
  recalculating: ReadonlySet<string>;
  onActive: (column: number) => void;
  onEdit: (field: Field) => void;
  onCommit: (field: Field, value: unknown) => void;
  onCancel: () => void;
  /** Before the editor ends by a key: where to go then. */
  onLeave: (event: KeyboardEvent<HTMLElement>) => void;
  onRemove: () => void;
}

export const mayTouch = (rows: Rows, field: Field, scope: Scope) => mayEdit(rows.type, field) && isShown(field, scope) && !isLocked(field, scope);

/** One record as a row: each cell is read, and typed into in place. */
export function StoredRow({ rows, record, index, scope, active, editing, recalculating, onActive, onEdit, onCommit, onCancel, onLeave, onRemove }: Props) {
  const { t, say } = useSpeech();
  const { type, columns } = rows;
  return (
    <div role="row" aria-label={t("subtable.row", { n: index + 1 })} className={styles["row"]} data-record={record.id}>
      {columns.map((field, column) => {
        const name = field.api_name;
        const ui = fieldUi(field);
        if (editing?.name === name) {
          return (
            <div key={field.id} role="gridcell" data-label={say(field.label)} className={cx(styles["cell"], styles["editing"], editing.error && styles["faulty"])} onKeyDownCapture={onLeave} onKeyDown={(event) => event.stopPropagation()}>
              <InPlaceEditor key={editing.error ?? ""} value={editing.typed !== undefined ? editing.typed : (record[name] ?? null)} field={narrowed(field, record)} label={say(field.label)} autoFocus bare invalid={Boolean(editing.error)} onCommit={(value) => onCommit(field, value)} onCancel={onCancel} />
              {editing.error && <span className={styles["fault"]} role="alert">{editing.error}</span>}
            </div>
          );
        }
        const value = isShown(field, scope) ? (record[name] ?? null) : null;
        const open = mayTouch(rows, field, scope);
        return (
          <div
            key={field.id} role="gridcell" data-label={say(field.label)} data-column={column} tabIndex={active === column ? 0 : -1} aria-readonly={!open}
            className={cx(styles["cell"], isRight(field) && styles["right"], open && styles["can"], recalculating.has(name) && styles["stale"])}
            onFocus={() => onActive(column)}
            onClick={(event) => open && !(event.target as HTMLElement).closest("a") && onEdit(field)}
          >
            <span>{isEmptyValue(value) ? null : <ui.Cell value={value} field={field} linked={false} />}</span>
          </div>
        );
      })}
      <div role="gridcell" className={cx(styles["cell"], styles["tools"])}>
        {type.permissions.delete && <IconButton small label={t("subtable.delete", { n: index + 1 })} onClick={onRemove}><Trash2 size={13} /></IconButton>}
      </div>
    </div>
  );
}
