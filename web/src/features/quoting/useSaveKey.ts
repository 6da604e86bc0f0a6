import { useEffect, useRef } from "react";
import { leaveBox } from "./leaveBox";

/** Ctrl-S saves wherever the typing is: what stands in a box is taken over first. */
export function useSaveKey(can: boolean, save: () => unknown) {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    if (!can) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      leaveBox();
      // What was taken over is drawn before it is saved.
      window.setTimeout(() => latest.current());
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [can]);
}
