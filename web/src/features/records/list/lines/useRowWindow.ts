import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { useStable } from "@/ui/hooks";
import { barAt, extentOf, revealing, scrolled } from "./place";

const OVERSCAN = 8;
/** Head and foot lie over the rows. */
const LAID_OVER = 34 + 32;

interface Shown {
  first: number;
  last: number;
  /** Added to a row's own place: how far the scale of the bar has brought the rows from it. */
  shift: number;
}

/**
 * Which rows are on the screen. All are of one height, so that nothing is measured: a list of millions costs what is seen.
 */
export function useRowWindow(scroll: RefObject<HTMLDivElement | null>, count: number, height: number) {
  const place = useRef({ offset: 0, bar: 0 });
  const [view, setView] = useState(600);
  const [shown, setShown] = useState<Shown>({ first: 0, last: 40, shift: 0 });
  const extent = extentOf(count, height, view);
  const show = () => {
    const { offset, bar } = place.current;
    const next = {
      first: Math.max(0, Math.floor(offset / height) - OVERSCAN),
      last: Math.min(count - 1, Math.ceil((offset + view) / height) + OVERSCAN),
      shift: extent.rows === extent.bar ? 0 : Math.round(bar - offset),
    };
    setShown((old) => (old.first === next.first && old.last === next.last && old.shift === next.shift ? old : next));
  };
  const onScroll = useStable(() => {
    const bar = scroll.current?.scrollTop ?? 0;
    place.current = { offset: scrolled(place.current.offset, place.current.bar, bar, extent), bar };
    show();
  });
  const toRow = useStable((row: number) => {
    const element = scroll.current;
    const offset = revealing(row, height, place.current.offset, extent);
    const step = offset - place.current.offset;
    if (!element || step === 0) return;
    // A short way is scrolled; a long one takes the bar to where it belongs.
    const bar = Math.abs(step) <= view ? place.current.bar + step : barAt(offset, extent);
    element.scrollTop = bar;
    place.current = { offset, bar: element.scrollTop };
    show();
  });
  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setView(Math.max(height, element.clientHeight - LAID_OVER)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroll, height]);
  useLayoutEffect(() => {
    onScroll();
  }, [onScroll, count, height, view]);
  return { ...shown, size: extent.bar, page: Math.max(1, Math.floor(view / height) - 1), onScroll, toRow };
}
