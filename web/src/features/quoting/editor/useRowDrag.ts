import { useEffect, useRef, useState, type PointerEvent as Grab, type RefObject } from "react";
import { useStable } from "@/ui/hooks";

const EDGE = 40;
const STEP = 12;

/** A row taken by its handle: where it would come to lie, and the scrolling of a long way. */
export function useRowDrag(scroll: RefObject<HTMLElement | null>, count: number, height: number, head: number, onMove: (from: number, to: number) => void) {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const from = useRef<number | null>(null);
  const place = (clientY: number) => {
    const element = scroll.current;
    if (!element) return 0;
    const box = element.getBoundingClientRect();
    if (clientY < box.top + head + EDGE) element.scrollTop -= STEP;
    if (clientY > box.bottom - EDGE) element.scrollTop += STEP;
    const offset = clientY - box.top - head + element.scrollTop;
    return Math.max(0, Math.min(count, Math.round(offset / height)));
  };
  const over = useStable((event: PointerEvent) => {
    if (from.current !== null) setDrag({ from: from.current, to: place(event.clientY) });
  });
  const drop = useStable((event: PointerEvent) => {
    if (from.current !== null && event.type === "pointerup") onMove(from.current, place(event.clientY));
    from.current = null;
    setDrag(null);
  });
  useEffect(() => {
    window.addEventListener("pointermove", over);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", drop);
    return () => {
      window.removeEventListener("pointermove", over);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", drop);
    };
  }, [over, drop]);
  const grab = useStable((row: number, event: Grab<HTMLElement>) => {
    event.preventDefault();
    event.stopPropagation();
    from.current = row;
    setDrag({ from: row, to: row });
  });
  return { drag, grab };
}
