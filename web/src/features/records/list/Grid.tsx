import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { ProblemError } from "@/api/client";
import type { ObjectType, QueryBody, RecordData, Sort } from "@/api/types";
import { useWrites } from "@/features/base/write";
import { isEmptyValue } from "@/fields/contract";
import { useSpeech } from "@/messages";
import { isTyping } from "@/ui/focus";
import { useStable } from "@/ui/hooks";
import { MARK_WIDTH, moveTo, type CellAddress, type Column } from "./grid";
import { GridFooter } from "./GridFooter";
import { GridHeader } from "./GridHeader";
import { GridRow, type CellEdit } from "./GridRow";
import styles from "./Grid.module.css";

export interface GridProps {
  type: ObjectType;
  records: RecordData[];
  columns: Column[];
  body: QueryBody;
  rowHeight: number;
  sort: Sort[];
  selection: ReadonlyMap<string, RecordData>;
  peek: string | undefined;
  hasMore: boolean;
  loadMore: () => void;
  onSelection: (next: Map<string, RecordData>) => void;
  onPeek: (id: string | undefined) => void;
  onPage: (id: string) => void;
  onSort: (sort: Sort[]) => void;
  onColumns: (paths: string[]) => void;
  onWidth: (path: string, width: number) => void;
  onAddField: (() => void) | undefined;
  onFilter: () => void;
}

/** Editing in place: what the server refuses stays typed in the cell, with the reason beside it. */
function useCellEditing(type: ObjectType) {
  const writes = useWrites(type.api_name);
  const { t } = useSpeech();
  const [edit, setEdit] = useState<CellEdit | null>(null);
  const [pulse, setPulse] = useState<{ id: string; path: string } | null>(null);
  const begin = (record: RecordData, column: Column) => {
    if (column.editable) setEdit({ id: record.id, path: column.path });
  };
  const commit = async (record: RecordData, column: Column, value: unknown) => {
    setEdit(null);
    const before = record[column.path] ?? null;
    if (JSON.stringify(before) === JSON.stringify(value) || (isEmptyValue(before) && isEmptyValue(value))) return;
    try {
      if (await writes.patch(record, { [column.path]: value }, { said: t("state.saved"), quiet: true })) setPulse({ id: record.id, path: column.path });
    } catch (error) {
      const message = error instanceof ProblemError ? (error.fields[column.path] ?? error.message) : String(error);
      setEdit({ id: record.id, path: column.path, typed: value, error: message });
    }
  };
  return { edit, pulse, begin, commit, cancel: () => setEdit(null) };
}

function useSelecting({ records, selection, onSelection }: Pick<GridProps, "records" | "selection" | "onSelection">) {
  const anchor = useRef(0);
  return (record: RecordData, index: number, range: boolean) => {
    const next = new Map(selection);
    const on = !next.has(record.id);
    const [from, to] = range ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    for (const each of records.slice(from, to + 1)) {
      if (on) next.set(each.id, each);
      else next.delete(each.id);
    }
    anchor.current = index;
    onSelection(next);
  };
}

export function Grid(props: GridProps) {
  const { type, records, columns, body, rowHeight, selection, peek, hasMore, loadMore, onPeek, onPage } = props;
  const { t, say } = useSpeech();
  const scroll = useRef<HTMLDivElement>(null);
  const gridId = useId();
  const [active, setActive] = useState<CellAddress>({ row: 0, column: 0 });
  const [focused, setFocused] = useState(false);
  const cells = useCellEditing(type);
  const select = useStable(useSelecting(props));
  const virtual = useVirtualizer({ count: records.length, getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 12, scrollPaddingStart: 34, scrollPaddingEnd: 34 });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    virtual.measure();
  }, [virtual, rowHeight]);
  useEffect(() => {
    if (hasMore && last >= records.length - 20) loadMore();
  }, [hasMore, last, records.length, loadMore]);

  const open = useStable((record: RecordData, row: number, column: number, page: boolean) => {
    setActive({ row, column });
    if (page) onPage(record.id);
    else onPeek(record.id);
  });
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (isTyping(event.target) && (event.target as HTMLInputElement).type !== "checkbox") return;
    if (event.target !== scroll.current && /^(Enter| )$/.test(event.key)) return;
    const record = records[active.row];
    const column = columns[active.column];
    const next = moveTo(event.key, active, records.length, columns.length, Math.floor((scroll.current?.clientHeight ?? 400) / rowHeight) - 3);
    if (next) {
      setActive(next);
      virtual.scrollToIndex(next.row);
      if (peek) onPeek(records[next.row]?.id);
    } else if (!record || !column || event.metaKey || event.ctrlKey) return;
    else if (event.key === "Enter") onPage(record.id);
    else if (event.key === "e" || event.key === "F2") cells.begin(record, column);
    else if (event.key === " ") select(record, active.row, event.shiftKey);
    else if (event.key === "/") props.onFilter();
    else if (event.key === "Escape" && peek) onPeek(undefined);
    else return;
    event.preventDefault();
  };
  const finish = (run: () => void) => {
    run();
    scroll.current?.focus({ preventScroll: true });
  };
  const begin = useStable(cells.begin);
  const commit = useStable((row: RecordData, column: Column, value: unknown) => finish(() => void cells.commit(row, column, value)));
  const cancel = useStable(() => finish(cells.cancel));
  const template = `${MARK_WIDTH}px ${columns.map((column) => `${column.width}px`).join(" ")} minmax(40px, 1fr)`;
  const everySelected = records.length > 0 && records.every((record) => selection.has(record.id));

  return (
    <div
      ref={scroll}
      className={styles["scroll"]}
      style={{ ["--columns" as string]: template }}
      role="grid"
      aria-label={t("list.grid.label", { label: say(type.label_plural) })}
      aria-rowcount={hasMore ? -1 : records.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={focused ? `${gridId}-${active.row}-${active.column}` : undefined}
      data-testid="list-grid"
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <GridHeader
        object={type.api_name} columns={columns} sort={props.sort} allSelected={everySelected}
        onToggleAll={() => props.onSelection(everySelected ? new Map() : new Map(records.map((record) => [record.id, record])))}
        onSort={props.onSort} onColumns={props.onColumns} onWidth={props.onWidth} onAddField={props.onAddField}
      />
      <div className={styles["body"]} role="rowgroup" style={{ height: virtual.getTotalSize(), minHeight: "calc(100% - 66px)" }}>
        {items.map((item) => {
          const record = records[item.index];
          if (!record) return null;
          return (
            <GridRow
              key={record.id} type={type} record={record} index={item.index} top={item.start} height={rowHeight} columns={columns} gridId={gridId}
              activeColumn={focused && active.row === item.index ? active.column : null}
              selected={selection.has(record.id)} peeked={peek === record.id}
              edit={cells.edit?.id === record.id ? cells.edit : null} pulse={cells.pulse?.id === record.id ? cells.pulse.path : null}
              onSelect={select} onOpen={open} onEdit={begin} onCommit={commit} onCancel={cancel}
            />
          );
        })}
      </div>
      <GridFooter type={type} body={body} columns={columns} ready={records.length > 0} />
    </div>
  );
}
