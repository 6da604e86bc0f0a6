import { useEffect, useState, type RefObject } from "react";

/** How far a part at the foot of the page must rise to stand above the keyboard of a phone. */
export function useKeyboardLift(part: RefObject<HTMLElement | null>): number {
  const [lift, setLift] = useState(0);
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const measure = () => {
      const foot = part.current?.parentElement?.getBoundingClientRect().bottom ?? 0;
      // Zooming in moves the view as well; only a keyboard takes a good part of it away.
      const covered = foot - (view.offsetTop + view.height);
      setLift(view.scale === 1 && covered > 60 ? covered : 0);
    };
    view.addEventListener("resize", measure);
    view.addEventListener("scroll", measure);
    return () => {
      view.removeEventListener("resize", measure);
      view.removeEventListener("scroll", measure);
    };
  }, [part]);
  return lift;
}
