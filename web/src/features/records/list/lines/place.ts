/** Where rows of one height stand in a scroll bar that a browser can still draw. */

/** Browsers end at about 17 million pixels; beyond this, the bar is a scale of the rows. */
export const MOST_PX = 15_000_000;

export interface Extent {
  /** All rows, in pixels of their own. */
  rows: number;
  /** What the scroll bar spans. */
  bar: number;
  /** What of it is on the screen. */
  view: number;
}

export const extentOf = (count: number, height: number, view: number): Extent => ({ rows: count * height, bar: Math.min(count * height, MOST_PX), view });

const most = ({ rows, view }: Extent) => Math.max(0, rows - view);
const mostBar = ({ bar, view }: Extent) => Math.max(0, bar - view);
const clamp = (value: number, high: number) => Math.max(0, Math.min(high, value));

/** Where the bar stands for a place among the rows, and the other way round. */
export const barAt = (offset: number, extent: Extent) => (most(extent) === 0 ? 0 : (offset * mostBar(extent)) / most(extent));
export const offsetAt = (bar: number, extent: Extent) => (mostBar(extent) === 0 ? 0 : (bar * most(extent)) / mostBar(extent));

/**
 * The place among the rows after the bar went from one point to another. A small step (wheel, touch, keys) moves the rows
 * by as much; a large one, or one to an end, is a jump to that share of them.
 */
export function scrolled(offset: number, from: number, to: number, extent: Extent): number {
  if (extent.rows === extent.bar) return clamp(to, most(extent));
  if (to <= 0) return 0;
  if (to >= mostBar(extent) - 1) return most(extent);
  const step = to - from;
  return Math.abs(step) <= extent.view ? clamp(offset + step, most(extent)) : clamp(offsetAt(to, extent), most(extent));
}

/** The place from which a row is wholly seen, as near to the present one as can be. */
export function revealing(row: number, height: number, offset: number, extent: Extent): number {
  const top = row * height;
  const next = top < offset ? top : top + height > offset + extent.view ? top + height - extent.view : offset;
  return clamp(next, most(extent));
}
