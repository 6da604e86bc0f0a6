import { useEffect, useLayoutEffect, type RefObject } from "react";

/** Marks a row that scrolls sideways with `data-before` and `data-after` where there is more than is seen. */
export function useScrollEdges(row: RefObject<HTMLElement | null>): void {
  const mark = () => {
    const element = row.current;
    if (!element) return;
    element.toggleAttribute("data-before", element.scrollLeft > 1);
    element.toggleAttribute("data-after", element.scrollLeft + element.clientWidth < element.scrollWidth - 1);
  };
  // What it holds may be another with each drawing.
  useLayoutEffect(mark);
  useEffect(() => {
    const element = row.current;
    if (!element) return;
    const watching = new ResizeObserver(mark);
    watching.observe(element);
    element.addEventListener("scroll", mark, { passive: true });
    return () => {
      watching.disconnect();
      element.removeEventListener("scroll", mark);
    };
    // `mark` reads everything when it is called.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [row]);
}
