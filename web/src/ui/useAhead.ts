import { useEffect } from "react";

const IDLE_MS = 2_000;

/** Load a part of the page while there is nothing else to do, so that its first use does not wait for it. `load` stays the same. */
export function useAhead(load: () => Promise<unknown>): void {
  useEffect(() => {
    // Safari tells nobody when it is idle; what fails here is asked for again when it is used.
    const quietly = () => void load().catch(() => undefined);
    if (!window.requestIdleCallback) {
      const timer = setTimeout(quietly, IDLE_MS);
      return () => clearTimeout(timer);
    }
    const turn = window.requestIdleCallback(quietly);
    return () => window.cancelIdleCallback(turn);
  }, [load]);
}
