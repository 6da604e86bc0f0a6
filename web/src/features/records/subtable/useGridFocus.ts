import { useRef, useState, type KeyboardEvent } from "react";

export interface Place {
  row: number;
  column: number;
}

const STEPS: Record<string, Place> = { ArrowDown: { row: 1, column: 0 }, ArrowUp: { row: -1, column: 0 }, ArrowRight: { row: 0, column: 1 }, ArrowLeft: { row: 0, column: -1 } };

const cellAt = (grid: HTMLElement | null, { row, column }: Place) =>
  grid?.querySelectorAll<HTMLElement>('[role="row"][data-record]')[row]?.querySelector<HTMLElement>(`[data-column="${column}"]`);

/** One cell of the grid is in the tab order; arrows move it, and after an editor it goes where the key pointed. */
export function useGridFocus(rows: number, columns: number) {
  const [at, set] = useState<Place>({ row: 0, column: 0 });
  const next = useRef<Place | "beyond" | null>(null);
  const inside = ({ row, column }: Place) => row >= 0 && row < rows && column >= 0 && column < columns;

  /** Arrow keys in the grid itself; returns where it stands then. */
  const move = (event: KeyboardEvent<HTMLElement>, grid: HTMLElement | null): Place => {
    const step = STEPS[event.key];
    const target = step && { row: at.row + step.row, column: at.column + step.column };
    if (!target || !inside(target) || (event.target as HTMLElement).getAttribute("role") !== "gridcell") return at;
    event.preventDefault();
    set(target);
    cellAt(grid, target)?.focus();
    return target;
  };
  /** Enter goes down, Tab goes on: noted before the editor ends, because its end takes it away. */
  const leave = (event: KeyboardEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape") next.current = at;
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) next.current = at.row + 1 < rows ? { ...at, row: at.row + 1 } : target.getAttribute("aria-expanded") === "true" ? at : "beyond";
    else if (event.key === "Tab") {
      const flat = at.row * columns + at.column + (event.shiftKey ? -1 : 1);
      if (flat < 0 || flat >= rows * columns) return;
      next.current = { row: Math.floor(flat / columns), column: flat % columns };
      event.preventDefault();
      target.blur();
    }
  };
  /** After an editor has gone: focuses the cell noted; true where the key led beyond the last row. */
  const settle = (grid: HTMLElement | null): boolean => {
    const target = next.current;
    next.current = null;
    if (target === null) return false;
    if (target === "beyond") return true;
    set(target);
    cellAt(grid, target)?.focus();
    return false;
  };
  return { at, set, move, leave, settle };
}
