import { useEffect, useLayoutEffect, useState, type RefObject } from "react";
import { useStable } from "@/ui/hooks";

const OVERSCAN = 6;

/** Which rows of one height are on the screen: five hundred lines cost what is seen. */
export function useWindow(scroll: RefObject<HTMLElement | null>, count: number, height: number, head: number) {
  const [shown, setShown] = useState({ first: 0, last: 30 });
  const look = useStable(() => {
    const element = scroll.current;
    if (!element) return;
    const first = Math.max(0, Math.floor(element.scrollTop / height) - OVERSCAN);
    const last = Math.min(count - 1, Math.ceil((element.scrollTop + element.clientHeight - head) / height) + OVERSCAN);
    setShown((old) => (old.first === first && old.last === last ? old : { first, last }));
  });
  useLayoutEffect(look, [look, count, height]);
  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const observer = new ResizeObserver(() => look());
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroll, look]);
  const reveal = useStable((row: number) => {
    const element = scroll.current;
    if (!element) return;
    const top = row * height;
    const room = element.clientHeight - head;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height > element.scrollTop + room) element.scrollTop = top + height - room;
    look();
  });
  return { ...shown, look, reveal };
}
