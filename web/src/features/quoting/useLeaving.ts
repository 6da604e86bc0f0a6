import { useEffect } from "react";
import { flushSync } from "react-dom";
import { useStable } from "@/ui/hooks";
import { leaveBox } from "./leaveBox";
import type { Draft } from "./useDraft";

/** What is being typed is kept when its tab is reloaded or closed, and the browser asks before; within the screens it is kept anyway. */
export function useLeaving(draft: Draft) {
  const { keep, base } = draft;
  const ask = useStable((event: BeforeUnloadEvent) => draft.dirty && event.preventDefault());
  useEffect(() => {
    if (base.locked) return;
    const take = () => {
      // Drawn at once: what is kept is what was drawn last.
      flushSync(leaveBox);
      keep();
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      take();
      ask(event);
    };
    window.addEventListener("beforeunload", onUnload);
    // A phone closes a tab without asking.
    window.addEventListener("pagehide", take);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      window.removeEventListener("pagehide", take);
    };
  }, [base.locked, keep, ask]);
}
