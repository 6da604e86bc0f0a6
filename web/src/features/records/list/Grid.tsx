import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import { useSession } from "@/api/session";
import type { ColorRule, ObjectType, QueryBody, RecordData, Sort } from "@/api/types";
import { useSpeech } from "@/messages";
import { useStable } from "@/ui/hooks";
import { PlanPanel } from "./cells/PlanPanel";
import { rectOf, within } from "./cells/range";
import { useCellEditing } from "./cells/useCellEditing";
import { useCells } from "./cells/useCells";
import { useHistory } from "./cells/useHistory";
import { useRange } from "./cells/useRange";
import { tintOf, type Tint } from "./colours/tints";
import { MARK_WIDTH, type Column } from "./grid";
import { GridFooter } from "./GridFooter";
import { GridHeader, type HeaderActs } from "./GridHeader";
import { GridRow } from "./GridRow";
import styles from "./Grid.module.css";
import { GroupRow, WaitingRow } from "./lines/GroupRow";
import { recordAt, type Lines } from "./lines/lines";
import { useRowWindow } from "./lines/useRowWindow";
import { useGridKeys } from "./useGridKeys";

export interface GridProps extends HeaderActs {
  type: ObjectType;
  lines: Lines;
  columns: Column[];
  body: QueryBody;
  rowHeight: number;
  sort: Sort[];
  colors: readonly ColorRule[];
  selection: ReadonlyMap<string, RecordData>;
  /** All that match are selected, loaded or not. */
  everything: boolean;
  peek: string | undefined;
  onSelection: (next: Map<string, RecordData>) => void;
  onPeek: (id: string | undefined) => void;
  onPage: (id: string) => void;
  onToggleGroup: (key: string) => void;
  onFilter: () => void;
}

function useSelecting({ lines, selection, onSelection }: Pick<GridProps, "lines" | "selection" | "onSelection">) {
  const anchor = useRef(0);
  return (record: RecordData, index: number, range: boolean) => {
    const next = new Map(selection);
    const on = !next.has(record.id);
    const [from, to] = range ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    for (let row = from; row <= to; row++) {
      const each = recordAt(lines, row);
      if (each && on) next.set(each.id, each);
      else if (each) next.delete(each.id);
    }
    anchor.current = index;
    onSelection(next);
  };
}

/** Colours are judged once per record and rules. */
function useTints(type: ObjectType, colors: readonly ColorRule[]): (record: RecordData) => Tint | undefined {
  const catalog = useCatalog();
  const me = useSession().user.id;
  return useMemo(() => {
    const known = new WeakMap<RecordData, { tint: Tint | undefined }>();
    const now = new Date();
    return (record: RecordData) => {
      if (colors.length === 0) return undefined;
      let found = known.get(record);
      if (!found) known.set(record, (found = { tint: tintOf(colors, record, catalog, type.api_name, me, now) }));
      return found.tint;
    };
  }, [colors, catalog, type.api_name, me]);
}

export function Grid(props: GridProps) {
  const { type, lines, columns, rowHeight, selection, everything, peek, onPeek, onPage } = props;
  const { t, say } = useSpeech();
  const scroll = useRef<HTMLDivElement>(null);
  const gridId = useId();
  const [focused, setFocused] = useState(false);
  const editing = useCellEditing(type);
  const history = useHistory(type.api_name);
  const rows = useRowWindow(scroll, lines.count, rowHeight);
  const range = useRange(lines.count, columns.length);
  const cells = useCells({ type, columns, lines, range: range.range });
  const tint = useTints(type, props.colors);
  const select = useStable(useSelecting(props));
  // The head redraws for what it shows, and not because a further page of rows has come.
  const acts: HeaderActs = {
    onSort: useStable(props.onSort), onColumns: useStable(props.onColumns), onWidth: useStable(props.onWidth), onPinned: useStable(props.onPinned), onGroup: useStable(props.onGroup),
    groupable: props.groupable, onAddField: props.onAddField,
  };
  const need = useStable(lines.need);
  useEffect(() => need(rows.first, rows.last), [need, rows.first, rows.last, lines]);

  const open = useStable((record: RecordData, row: number, column: number, page: boolean) => {
    if (range.wasDragged()) return;
    range.set({ row, column });
    if (page) onPage(record.id);
    else onPeek(record.id);
  });
  const toggle = useStable((index: number) => {
    const line = lines.at(index);
    if (line?.kind === "group") props.onToggleGroup(line.group.key);
  });
  const onKeyDown = useGridKeys({
    lines, columns, range, page: rows.page, history, peek, reveal: rows.toRow, onPeek, onPage, onFilter: props.onFilter, onToggle: toggle, select,
    edit: editing.begin, clear: cells.clear, fillDown: cells.fillDown,
  });
  const finish = (run: () => void) => {
    run();
    scroll.current?.focus({ preventScroll: true });
  };
  const begin = useStable(editing.begin);
  const commit = useStable((row: RecordData, column: Column, value: unknown) => finish(() => void editing.commit(row, column, value)));
  const cancel = useStable(() => finish(editing.cancel));
  /** Tab ends the editing of a cell and begins the next one's. */
  const tab = useStable((record: RecordData, index: number, column: number, by: 1 | -1) => {
    let next = column + by;
    while (columns[next] && !columns[next]!.editable) next += by;
    const target = columns[next];
    if (!target) return;
    range.set({ row: index, column: next });
    begin(record, target);
  });
  const template = `${MARK_WIDTH}px ${columns.map((column) => `${column.width}px`).join(" ")} minmax(40px, 1fr)`;
  const everySelected = everything || (lines.records.length > 0 && lines.records.every((record) => selection.has(record.id)));
  const toggleAll = useStable(() => props.onSelection(everySelected ? new Map() : new Map(lines.records.map((record) => [record.id, record]))));
  const rect = rectOf(range.range);
  const { anchor, head } = range.range;
  const shown = Array.from({ length: Math.max(0, rows.last - rows.first + 1) }, (_, index) => rows.first + index);
  const isGrid = () => document.activeElement === scroll.current;

  return (
    <>
      <div
        ref={scroll}
        className={styles["scroll"]}
        style={{ ["--columns" as string]: template }}
        role="grid"
        aria-label={t("list.grid.label", { label: say(type.label_plural) })}
        aria-rowcount={lines.ended ? lines.count + 1 : -1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-activedescendant={focused ? `${gridId}-${head.row}-${head.column}` : undefined}
        aria-busy={cells.busy}
        data-testid="list-grid"
        tabIndex={0}
        onScroll={rows.onScroll}
        onKeyDown={onKeyDown}
        onCopy={(event) => { if (isGrid()) cells.copy(event); }}
        onPaste={(event) => { if (isGrid()) void cells.paste(event); }}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <GridHeader
          object={type.api_name} columns={columns} sort={props.sort} allSelected={everySelected} onToggleAll={toggleAll} {...acts}
        />
        <div className={styles["body"]} role="rowgroup" style={{ height: rows.size, minHeight: "calc(100% - 66px)" }} {...range.handlers}>
          {shown.map((index) => {
            const line = lines.at(index);
            const top = index * rowHeight + rows.shift;
            if (line?.kind === "group") return <GroupRow key={`g${line.group.key}`} type={type} group={line.group} index={index} top={top} height={rowHeight} columns={columns} gridId={gridId} active={focused && anchor.row === index} onToggle={props.onToggleGroup} />;
            if (line?.kind !== "record") return <WaitingRow key={`w${index}`} index={index} top={top} height={rowHeight} columns={columns} />;
            const { record } = line;
            const covered = focused && range.many ? within(rect, index) : null;
            return (
              <GridRow
                key={record.id} type={type} record={record} index={index} top={top} height={rowHeight} columns={columns} gridId={gridId}
                activeColumn={focused && anchor.row === index ? anchor.column : null} from={covered?.[0] ?? -1} to={covered?.[1] ?? -1} tint={tint(record)}
                selected={everything || selection.has(record.id)} peeked={peek === record.id}
                edit={editing.edit?.id === record.id ? editing.edit : null} pulse={editing.pulse?.id === record.id ? editing.pulse.path : null}
                onSelect={select} onOpen={open} onEdit={begin} onCommit={commit} onCancel={cancel} onTab={tab}
              />
            );
          })}
        </div>
        <GridFooter type={type} body={props.body} columns={columns} ready={lines.count > 0} />
      </div>
      {cells.plan && <PlanPanel plan={cells.plan} columns={columns} write={cells.write} onClose={cells.closePlan} />}
    </>
  );
}
