import { PanelRightOpen } from "lucide-react";
import { memo, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { InPlaceEditor } from "@/fields/InPlaceEditor";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Mark } from "@/ui/Mark";
import type { Tint } from "./colours/tints";
import { pinnedAt, type Column } from "./grid";
import styles from "./Grid.module.css";

export interface CellEdit {
  id: string;
  path: string;
  typed?: unknown;
  error?: string;
}

export interface RowProps {
  type: ObjectType;
  record: RecordData;
  index: number;
  top: number;
  height: number;
  columns: Column[];
  activeColumn: number | null;
  /** First and last column of the row that are chosen; -1 for none. */
  from: number;
  to: number;
  tint: Tint | undefined;
  selected: boolean;
  peeked: boolean;
  edit: CellEdit | null;
  pulse: string | null;
  gridId: string;
  onSelect: (record: RecordData, index: number, range: boolean) => void;
  onOpen: (record: RecordData, index: number, column: number, page: boolean) => void;
  onEdit: (record: RecordData, column: Column) => void;
  onCommit: (record: RecordData, column: Column, value: unknown) => void;
  onCancel: () => void;
  onTab: (record: RecordData, index: number, column: number, by: 1 | -1) => void;
}

function EditingCell({ record, index, at, column, edit, onCommit, onCancel, onTab }: Pick<RowProps, "record" | "index" | "onCommit" | "onCancel" | "onTab"> & { at: number; column: Column; edit: CellEdit }) {
  const { say } = useSpeech();
  const ui = fieldUi(column.field);
  const cell = useRef<HTMLDivElement>(null);
  // Leaving the field ends the editing, which keeps what was typed; then the next cell's turn comes.
  const onTabKey = (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.shiftKey ? -1 : 1;
    if (document.activeElement instanceof HTMLElement && cell.current?.contains(document.activeElement)) document.activeElement.blur();
    setTimeout(() => onTab(record, index, at, by));
  };
  return (
    <div className={cx(styles["cell"], styles["editing"], edit.error && styles["invalid"], ui.multiline && styles["multiline"], column.left !== undefined && styles["pinned"])} ref={cell} role="gridcell" aria-colindex={at + 2} style={pinnedAt(column)} onKeyDownCapture={onTabKey} onPaste={(event) => event.stopPropagation()} onCopy={(event) => event.stopPropagation()} onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
      <div style={{ flex: 1, minWidth: 0 }}>
        <InPlaceEditor value={edit.typed !== undefined ? edit.typed : (record[column.path] ?? null)} field={column.field} onCommit={(next) => onCommit(record, column, next)} onCancel={onCancel} autoFocus bare invalid={Boolean(edit.error)} label={say(column.field.label)} />
      </div>
      {edit.error && <span className={styles["cellError"]} role="alert">{edit.error}</span>}
    </div>
  );
}

/** One record of the grid. It redraws only when its own props change; scrolling moves it without rendering. */
export const GridRow = memo(function GridRow(props: RowProps) {
  const { type, record, index, top, height, columns, activeColumn, from, to, tint, selected, peeked, edit, pulse, gridId, onSelect, onOpen, onEdit } = props;
  const { t } = useSpeech();
  const title = String(record[type.title_field] ?? "");
  const subtitle = type.subtitle_field && !columns.some((column) => column.path === type.subtitle_field) ? record[type.subtitle_field] : null;
  const click = (event: MouseEvent, column: number) => onOpen(record, index, column, event.metaKey || event.ctrlKey);
  return (
    <div className={cx(styles["row"], peeked && styles["peeked"])} role="row" aria-rowindex={index + 2} aria-selected={selected} style={{ height, transform: `translateY(${top}px)`, ...(tint?.row ? { "--tint": tint.row } as CSSProperties : {}) }} data-tinted={tint?.row ? "" : undefined}>
      <div role="gridcell" aria-colindex={1} className={cx(styles["cell"], styles["mark"])}>
        <input type="checkbox" className={styles["check"]} checked={selected} aria-label={t("list.selectRow", { name: title })} tabIndex={-1} onClick={(event) => onSelect(record, index, event.shiftKey)} onChange={() => undefined} />
      </div>
      {columns.map((column, at) => {
        if (edit?.path === column.path) return <EditingCell key={column.path} {...props} at={at} column={column} edit={edit} />;
        const { Cell } = fieldUi(column.field);
        const isFace = at === 0;
        return (
          <div
            key={column.path}
            id={`${gridId}-${index}-${at}`}
            role="gridcell"
            aria-colindex={at + 2}
            aria-selected={at >= from && at <= to ? true : undefined}
            data-cell={`${index}:${at}`}
            style={{ ...pinnedAt(column), ...(tint?.cells?.[column.path] ? { background: tint.cells[column.path] } : {}) }}
            className={cx(styles["cell"], isFace && styles["face"], column.left !== undefined && styles["pinned"], column.isEdge && styles["edge"], column.align === "right" && styles["right"], at >= from && at <= to && styles["inRange"], activeColumn === at && styles["active"], pulse === column.path && styles["pulse"])}
            onClick={(event) => click(event, at)}
            onDoubleClick={() => onEdit(record, column)}
          >
            {isFace && <Mark name={title || "?"} size={height < 32 ? 18 : 22} />}
            <span className={styles["value"]}>
              <Cell value={record[column.path] ?? null} field={column.field} />
              {isFace && subtitle !== null && subtitle !== undefined && <span className={styles["subtitle"]}>{String(subtitle)}</span>}
            </span>
            {isFace && (
              <IconButton small className={styles["open"]} label={t("list.openPage")} tabIndex={-1} onClick={(event) => { event.stopPropagation(); onOpen(record, index, at, true); }}>
                <PanelRightOpen size={13} />
              </IconButton>
            )}
          </div>
        );
      })}
    </div>
  );
});
