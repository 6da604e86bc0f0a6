import type { Field } from "@/api/types";
import { fieldUi } from "@/fields/registry";

export interface Column {
  path: string;
  field: Field;
  width: number;
  align: "right" | undefined;
  /** Cells behind a relation are read-only here; they belong to the other record. */
  editable: boolean;
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
