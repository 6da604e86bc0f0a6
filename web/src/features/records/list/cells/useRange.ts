import { useEffect, useRef, useState, type PointerEvent } from "react";
import { moveTo, type CellAddress } from "../grid";
import { at, isSingle, type Range } from "./range";

const START: Range = at({ row: 0, column: 0 });

function addressOf(target: EventTarget | null): CellAddress | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-cell]") : null;
  const [row, column] = (cell?.dataset["cell"] ?? "").split(":").map(Number);
  return cell && row !== undefined && column !== undefined ? { row, column } : null;
}

/** The rectangle that is chosen, by mouse and by keys; touch only points. */
export function useRange(rows: number, columns: number) {
  const [range, setRange] = useState<Range>(START);
  const drag = useRef<{ moved: boolean } | null>(null);
  const dragged = useRef(false);
  useEffect(() => {
    const stop = () => {
      dragged.current = drag.current?.moved ?? false;
      drag.current = null;
    };
    window.addEventListener("pointerup", stop);
    return () => window.removeEventListener("pointerup", stop);
  }, []);
  const onPointerDown = (event: PointerEvent) => {
    const cell = addressOf(event.target);
    dragged.current = false;
    if (!cell || event.button !== 0) return;
    if (event.shiftKey) {
      // The browser would select text from where it was clicked before.
      event.preventDefault();
      setRange(({ anchor }) => ({ anchor, head: cell }));
      drag.current = { moved: true };
      return;
    }
    setRange(at(cell));
    if (event.pointerType === "mouse") drag.current = { moved: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const cell = drag.current && addressOf(event.target);
    if (!cell || !drag.current) return;
    setRange((old) => (old.head.row === cell.row && old.head.column === cell.column ? old : { anchor: old.anchor, head: cell }));
    drag.current.moved ||= cell.row !== range.anchor.row || cell.column !== range.anchor.column;
  };
  /** Where a key leads; with shift only the corner that moves. Null where the key is none of these. */
  const move = (key: string, extend: boolean, page: number): CellAddress | null => {
    const head = moveTo(key, extend ? range.head : range.anchor, rows, columns, page);
    if (!head) return null;
    setRange(extend ? { anchor: range.anchor, head } : at(head));
    return head;
  };
  // What was there may be gone: a filter, a deletion, a hidden column.
  const fits = range.anchor.row < rows && range.head.row < rows && range.anchor.column < columns && range.head.column < columns;
  return {
    range: fits ? range : START,
    many: fits && !isSingle(range),
    set: (cell: CellAddress) => setRange(at(cell)),
    setRange,
    move,
    /** Whether the click that follows ends a choosing of cells. */
    wasDragged: () => dragged.current,
    handlers: { onPointerDown, onPointerMove },
  };
}
