/** A long list in windows: the whole is divided into stretches, each of them into windows that are read one by one. */
export const WINDOW = 80;
const MOST_PLACES = 200;

export interface Division {
  count: number;
  /** Rows of a stretch, and the cursor after each. */
  every: number;
  cursors: readonly string[];
}

/** Rows of a window: so many that the places of one stretch are given at once. */
export const windowOf = ({ every }: Pick<Division, "every">): number => Math.max(WINDOW, Math.ceil(every / MOST_PLACES));

/** Short enough to be one stretch: its windows' places come in one answer. */
export const whole = (division: Division): Division => (division.count <= WINDOW * MOST_PLACES ? { count: division.count, every: Math.max(1, division.count), cursors: [] } : division);

export interface Window {
  /** The stretch it is of, and which of its windows it is. */
  stretch: number;
  index: number;
  /** Its first row, and how many it has. */
  start: number;
  size: number;
}

export function windowAt(row: number, division: Division): Window {
  const size = windowOf(division);
  const stretch = Math.floor(row / division.every);
  const index = Math.floor((row - stretch * division.every) / size);
  const start = stretch * division.every + index * size;
  const end = Math.min(start + size, (stretch + 1) * division.every, division.count);
  return { stretch, index, start, size: end - start };
}

/** The windows that hold rows from `first` to `last`. */
export function windowsOf(first: number, last: number, division: Division): Window[] {
  const found: Window[] = [];
  for (let row = Math.max(0, first); row <= Math.min(last, division.count - 1); ) {
    const window = windowAt(row, division);
    found.push(window);
    row = window.start + Math.max(1, window.size);
  }
  return found;
}

/** After which cursor a window is read: none for the first of all, undefined where it is not known yet. */
export function cursorOf({ stretch, index }: Window, division: Division, places: readonly string[] | undefined): string | null | undefined {
  if (index > 0) return places?.[index - 1];
  return stretch === 0 ? null : division.cursors[stretch - 1];
}
