import { ArrowDown, ArrowUp, Copy, PackageOpen, Plus, Trash2 } from "lucide-react";
import { useId, useMemo, useRef, useState, type ClipboardEvent } from "react";
import { readBlock, toTsv } from "@/features/base/clipboard";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { useStable } from "@/ui/hooks";
import type { MenuEntry } from "@/ui/Menu";
import { newLine } from "../model/lines";
import type { Line } from "../model/types";
import type { Result } from "../useCalculated";
import type { Draft } from "../useDraft";
import { at, COLUMNS, FIRST, LAST, textOf } from "./columns";
import styles from "./Lines.module.css";
import { LineRow, type Editing, type Leaving, type RowActs } from "./LineRow";
import { RowNote } from "./RowNote";
import { useRowDrag } from "./useRowDrag";
import { useRows } from "./useRows";
import { useSheetKeys, type Place } from "./useSheetKeys";
import { useWindow } from "./useWindow";

const HEIGHT = 36;
const HEAD = 34;
const PRODUCT = at("product");
const ghostLine = newLine();

interface Props {
  draft: Draft;
  result: Result;
  currency: string | null;
  locked: boolean;
}

/** Lines as a sheet: everything from the keyboard, only the rows in sight drawn. */
export function LineGrid({ draft, result, currency, locked }: Props) {
  const { t } = useSpeech();
  const gridId = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const { lines } = draft;
  const count = lines.length + (locked ? 0 : 1);
  const [place, setPlace] = useState<Place>({ row: 0, column: FIRST, anchor: 0 });
  const [editing, setEditing] = useState<(Editing & { row: number }) | null>(null);
  const [focused, setFocused] = useState(false);
  const workedOf = (line: Line) => result.lines.get(line.key);
  const rows = useRows(draft, workedOf);
  const view = useWindow(scroll, count, HEIGHT, HEAD);
  const { drag, grab } = useRowDrag(scroll, lines.length, HEIGHT, HEAD, (from, to) => go(rows.move(from, to), place.column));

  const go = useStable((row: number, column: number, extend = false) => {
    const to = Math.max(0, Math.min(lines.length - (locked ? 1 : 0), row));
    setPlace((old) => ({ row: to, column: Math.max(FIRST, Math.min(COLUMNS.length - 1, column)), anchor: extend ? old.anchor : to }));
    view.reveal(to);
  });
  const begin = (row: number, column: number, typed: string | null) => {
    if (locked || COLUMNS[column]?.fixed) return;
    setPlace({ row, column, anchor: row });
    view.reveal(row);
    setEditing({ row, column, typed });
  };
  const rest = () => {
    setEditing(null);
    scroll.current?.focus({ preventScroll: true });
  };
  /** Where the cell that was left leads. */
  const onward = (row: number, column: number, by: Leaving) => {
    if (by === "blur") return setEditing(null);
    rest();
    // The row a new line will have is there with the next drawing only.
    const next = by === "up" ? [row - 1, column] : by === "back" ? (column > FIRST ? [row, column - 1] : [row - 1, LAST]) : by === "tab" ? (column < LAST ? [row, column + 1] : [row + 1, FIRST]) : column === PRODUCT ? [row, at("quantity")] : [row + 1, row >= lines.length - 1 ? PRODUCT : column];
    queueMicrotask(() => go(next[0] ?? row, next[1] ?? column));
  };
  const focus = useStable((row: number, column: number, extend: boolean) => { go(row, column, extend); if (!editing) scroll.current?.focus({ preventScroll: true }); });
  const edit = useStable((row: number, column: number) => begin(row, column, null));
  const write = useStable((row: number, key: Parameters<RowActs["write"]>[1], text: string, by: Leaving) => {
    const line = lines[row];
    if (text !== (line ? textOf(line, key, workedOf(line)) : "")) rows.write(row, key, text);
    onward(row, at(key), by);
  });
  const pick = useStable((row: number, product: Parameters<RowActs["pick"]>[1], by: Leaving) => {
    rows.pick(row, product);
    // What was chosen is counted next.
    onward(row, PRODUCT, by === "tab" ? "enter" : by);
  });
  const seek = useStable((row: number, words: string, by: Leaving) => {
    void rows.seek(row, words);
    onward(row, PRODUCT, by === "tab" ? "enter" : by);
  });
  const leave = useStable((row: number, by: Leaving) => onward(row, PRODUCT, by));
  const cancel = useStable(rest);
  // One object for all rows: those that nothing happens to stay as they are drawn.
  const acts = useMemo<RowActs>(() => ({ focus, edit, write, pick, seek, leave, cancel, grab }), [focus, edit, write, pick, seek, leave, cancel, grab]);
  const menu = useStable2((row: number): MenuEntry[] => [
    { key: "insert", icon: <Plus size={14} />, label: t("quoting.insert"), onSelect: () => { rows.insert(row); go(row, PRODUCT); } },
    { key: "copy", icon: <Copy size={14} />, label: t("quoting.duplicate"), onSelect: () => go(rows.duplicate(row), place.column) },
    ...(lines[row]?.product ? [{ key: "expand", icon: <PackageOpen size={14} />, label: t("quoting.expand"), onSelect: () => void rows.expand(row) }] : []),
    { key: "up", icon: <ArrowUp size={14} />, label: t("quoting.up"), disabled: row === 0, onSelect: () => go(rows.move(row, row - 1), place.column) },
    { key: "down", icon: <ArrowDown size={14} />, label: t("quoting.down"), disabled: row >= lines.length - 1, onSelect: () => go(rows.move(row, row + 2), place.column) },
    { key: "remove", danger: true, icon: <Trash2 size={14} />, label: t("quoting.remove"), onSelect: () => rows.remove(row, row) },
  ]);

  const { row, column } = place;
  const [from, to] = [Math.min(place.anchor, row), Math.max(place.anchor, row)];
  const onKeyDown = useSheetKeys({ scroll, lines, locked, place, rows, go, begin, undo: draft.undo });
  const isHere = () => document.activeElement === scroll.current;
  const onCopy = (event: ClipboardEvent) => {
    if (!isHere()) return;
    event.preventDefault();
    const cells = from === to ? [COLUMNS[column]!] : COLUMNS;
    event.clipboardData.setData("text/plain", toTsv(lines.slice(from, to + 1).map((line) => cells.map((each) => textOf(line, each.key, workedOf(line))))));
  };
  const onPaste = (event: ClipboardEvent) => {
    if (!isHere() || locked) return;
    event.preventDefault();
    const block = readBlock(event.clipboardData);
    if (block.length > 0) void rows.paste(block, row, column);
  };
  const shown = Array.from({ length: Math.max(0, Math.min(view.last, count - 1) - view.first + 1) }, (_, index) => view.first + index);
  return (
    <>
      <div
        ref={scroll} className={styles["scroll"]} role="grid" aria-label={t("quoting.lines")} aria-rowcount={count + 1} aria-colcount={COLUMNS.length + 2} aria-readonly={locked || undefined} aria-multiselectable tabIndex={0} data-testid="line-grid"
        aria-activedescendant={focused && count > 0 ? `${gridId}-${row}-${column}` : undefined} onScroll={view.look} onKeyDown={onKeyDown} onCopy={onCopy} onPaste={onPaste} onFocus={() => setFocused(true)} onBlur={() => setFocused(false)}
        style={{ ["--columns" as string]: `40px ${COLUMNS.map((each) => each.width).join(" ")} 36px` }}
      >
        <div role="row" aria-rowindex={1} className={cx(styles["row"], styles["heads"])} style={{ height: HEAD }}>
          <div role="columnheader" className={styles["mark"]}><span className="sr-only">{t("quoting.column.number")}</span></div>
          {COLUMNS.map((each) => <div key={each.key} role="columnheader" className={cx(styles["cell"], each.right && styles["right"])}>{t(each.label)}</div>)}
          <div role="columnheader" className={styles["tools"]}><span className="sr-only">{t("record.actions")}</span></div>
        </div>
        <div role="rowgroup" className={styles["body"]} style={{ height: count * HEIGHT }}>
          {shown.map((index) => {
            const line = lines[index] ?? ghostLine;
            return (
              <LineRow
                key={lines[index] ? line.key : "ghost"} line={line} index={index} ghost={!lines[index]} worked={lines[index] ? workedOf(line) : undefined} pending={result.pending} currency={currency} locked={locked} active={focused && row === index ? column : null}
                inRange={focused && from !== to && index >= from && index <= to} editing={editing?.row === index ? editing : null} dragged={drag?.from === index} gridId={gridId} height={HEIGHT} acts={acts} menu={menu}
              />
            );
          })}
          {drag && <div className={styles["drop"]} style={{ top: drag.to * HEIGHT }} aria-hidden />}
        </div>
      </div>
      <RowNote line={lines[row]} index={row} worked={lines[row] ? workedOf(lines[row]) : undefined} currency={currency} locked={locked} />
    </>
  );
}

/** As `useStable`, for what answers. */
function useStable2<A extends unknown[], R>(handler: (...args: A) => R): (...args: A) => R {
  const latest = useRef(handler);
  latest.current = handler;
  return useRef((...args: A) => latest.current(...args)).current;
}
