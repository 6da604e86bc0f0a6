import type { KeyboardEvent, RefObject } from "react";
import type { Line } from "../model/types";
import { at, COLUMNS, FIRST, LAST } from "./columns";
import type { Rows } from "./useRows";

export interface Place {
  row: number;
  column: number;
  /** Where a range of rows began. */
  anchor: number;
}
interface Sheet {
  scroll: RefObject<HTMLElement | null>;
  lines: readonly Line[];
  locked: boolean;
  place: Place;
  rows: Rows;
  go: (row: number, column: number, extend?: boolean) => void;
  begin: (row: number, column: number, typed: string | null) => void;
  undo: () => void;
}

const PAGE = 10;
const PRODUCT = at("product");
const STEPS: Record<string, readonly [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-PAGE, 0], PageDown: [PAGE, 0] };

/** Where an arrow leads; with Ctrl or Cmd to the end. */
function stepped([down, right]: readonly [number, number], { row, column }: Place, far: boolean, last: number): [number, number] {
  if (!far) return [row + down, column + right];
  return [down ? (down < 0 ? 0 : last) : row, right ? (right < 0 ? FIRST : COLUMNS.length - 1) : column];
}

/** Keys of the sheet while no cell is open: first those that move, then, where it may be changed, those that write. */
export function useSheetKeys({ scroll, lines, locked, place, rows, go, begin, undo }: Sheet) {
  const { row, column } = place;
  const [from, to] = [Math.min(place.anchor, row), Math.max(place.anchor, row)];
  const isLine = row < lines.length;

  const moving = (event: KeyboardEvent, mod: boolean): (() => unknown) | null => {
    const step = STEPS[event.key];
    if (step && event.altKey) return step[0] !== 0 && isLine && !locked ? () => go(rows.move(row, step[0] < 0 ? row - 1 : row + 2), column) : null;
    if (step) return () => go(...stepped(step, place, mod, lines.length), event.shiftKey);
    if (event.key === "Home") return () => go(mod ? 0 : row, FIRST);
    // With Ctrl to where the next line is typed.
    return event.key === "End" ? () => (mod ? go(lines.length, PRODUCT) : go(row, LAST)) : null;
  };
  /** Tab goes from cell to cell, and at the ends out of the sheet. */
  const tab = (back: boolean): (() => unknown) | null => {
    const [nextRow, next] = back ? (column > FIRST ? [row, column - 1] : [row - 1, LAST]) : column < LAST ? [row, column + 1] : [row + 1, FIRST];
    return nextRow >= 0 && nextRow <= lines.length ? () => go(nextRow, next) : null;
  };
  const withMod: Record<string, () => unknown> = {
    enter: () => { rows.insert(row + 1); go(row + 1, PRODUCT); },
    d: () => isLine && go(rows.duplicate(row), column),
    z: undo,
    delete: () => { rows.remove(from, to); go(from, column); },
    backspace: () => { rows.remove(from, to); go(from, column); },
  };
  const writing = (event: KeyboardEvent, mod: boolean): (() => unknown) | null => {
    if (mod) return withMod[event.key.toLowerCase()] ?? null;
    if (event.key === "Delete" || event.key === "Backspace") return () => (from === to ? rows.clear(row, COLUMNS[column]!.key) : rows.remove(from, to));
    if (event.key === "Enter" || event.key === "F2") return () => begin(row, column, null);
    if (event.key === "Tab") return tab(event.shiftKey);
    return event.key.length === 1 && !event.altKey ? () => begin(row, column, event.key) : null;
  };
  return (event: KeyboardEvent) => {
    if (event.target !== scroll.current) return;
    const mod = event.ctrlKey || event.metaKey;
    const act = moving(event, mod) ?? (locked ? null : writing(event, mod));
    if (!act) return;
    event.preventDefault();
    act();
  };
}
