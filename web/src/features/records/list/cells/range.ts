import type { CellAddress } from "../grid";

/** A rectangle of cells: where it was begun, and the corner that moves. */
export interface Range {
  anchor: CellAddress;
  head: CellAddress;
}

export interface Rect {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export const at = (cell: CellAddress): Range => ({ anchor: cell, head: cell });
export const isSingle = ({ anchor, head }: Range) => anchor.row === head.row && anchor.column === head.column;

export const rectOf = ({ anchor, head }: Range): Rect => ({
  top: Math.min(anchor.row, head.row),
  bottom: Math.max(anchor.row, head.row),
  left: Math.min(anchor.column, head.column),
  right: Math.max(anchor.column, head.column),
});

export const heightOf = (rect: Rect) => rect.bottom - rect.top + 1;
export const widthOf = (rect: Rect) => rect.right - rect.left + 1;

/** What of a row the rectangle covers, as [first, last] column. */
export const within = (rect: Rect | null, row: number): readonly [number, number] | null =>
  rect && row >= rect.top && row <= rect.bottom ? [rect.left, rect.right] : null;

export interface Spread {
  /** Where the block lands; beyond the last row or column nothing is left out here. */
  rect: Rect;
  text: (row: number, column: number) => string;
}

/**
 * A block of texts laid on a rectangle: one text fills all of it, a block that fits a whole number of times is repeated,
 * any other is laid once from the first corner.
 */
export function spread(block: readonly (readonly string[])[], rect: Rect): Spread {
  const rows = block.length;
  const columns = Math.max(0, ...block.map((row) => row.length));
  const repeats = rows > 0 && columns > 0 && heightOf(rect) % rows === 0 && widthOf(rect) % columns === 0;
  const landed = repeats ? rect : { top: rect.top, left: rect.left, bottom: rect.top + rows - 1, right: rect.left + columns - 1 };
  return { rect: landed, text: (row, column) => block[(row - rect.top) % rows]?.[(column - rect.left) % columns] ?? "" };
}
