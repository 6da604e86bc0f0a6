import type { Field } from "@/api/types";
import { fieldUi } from "@/fields/registry";

export interface Column {
  path: string;
  field: Field;
  width: number;
  align: "right" | undefined;
  /** Cells behind a relation are read-only here; they belong to the other record. */
  editable: boolean;
  /** Of a pinned column: where it stays while the others go by. The last one draws the edge. */
  left?: number;
  isEdge?: boolean;
}

export interface CellAddress {
  row: number;
  column: number;
}

export const rowHeights = { normal: 36, dense: 28, roomy: 44 } as const;
export const MARK_WIDTH = 40;

export function columnOf(path: string, field: Field, width: number | undefined, isTitle: boolean, mayEdit: boolean): Column {
  const ui = fieldUi(field);
  const editable = mayEdit && !path.includes(".");
  return { path, field, width: width ?? (isTitle ? 260 : ui.width), align: ui.align ?? (field.align === "right" ? "right" : undefined), editable };
}

/** The first columns stay while the list is scrolled sideways. */
export function pinColumns(columns: Column[], pinned: number): Column[] {
  let left = MARK_WIDTH;
  return columns.map((column, index) => {
    if (index >= pinned) return column;
    const own = left;
    left += column.width;
    return { ...column, left: own, isEdge: index === Math.min(pinned, columns.length) - 1 };
  });
}

export const pinnedAt = (column: Column) => (column.left === undefined ? undefined : { left: column.left });

/** A column one place further, which a menu offers where dragging is no way. */
export function moved(paths: readonly string[], path: string, by: 1 | -1): string[] {
  const next = [...paths];
  const from = next.indexOf(path);
  const to = from + by;
  if (from < 0 || to < 0 || to >= next.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** Where a navigation key leads from an address inside of a grid of the given size; null when the key is not one. */
export function moveTo(key: string, at: CellAddress, rows: number, columns: number, page: number): CellAddress | null {
  const row = (value: number) => Math.max(0, Math.min(rows - 1, value));
  const column = (value: number) => Math.max(0, Math.min(columns - 1, value));
  switch (key) {
    case "ArrowDown": return { ...at, row: row(at.row + 1) };
    case "ArrowUp": return { ...at, row: row(at.row - 1) };
    case "ArrowRight": return { ...at, column: column(at.column + 1) };
    case "ArrowLeft": return { ...at, column: column(at.column - 1) };
    case "PageDown": return { ...at, row: row(at.row + page) };
    case "PageUp": return { ...at, row: row(at.row - page) };
    case "Home": return { ...at, column: 0 };
    case "End": return { ...at, column: columns - 1 };
    default: return null;
  }
}

/** A click on a header: none → ascending → descending → none; with shift the other keys stay. */
export function nextSort<S extends { field: string; direction: "asc" | "desc" }>(sort: S[], field: string, add: boolean): { field: string; direction: "asc" | "desc" }[] {
  const current = sort.find((part) => part.field === field);
  const next = !current ? ({ field, direction: "asc" } as const) : current.direction === "asc" ? ({ field, direction: "desc" } as const) : null;
  if (!add) return next ? [next] : [];
  if (!current) return [...sort, { field, direction: "asc" }];
  return sort.flatMap((part): { field: string; direction: "asc" | "desc" }[] => (part.field === field ? (next ? [next] : []) : [part]));
}
