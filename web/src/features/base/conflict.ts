import { useSyncExternalStore } from "react";
import type { RecordData } from "@/api/types";

export interface Conflict {
  object: string;
  mine: Record<string, unknown>;
  current: RecordData;
  keepMine: () => void;
  keepTheirs: () => void;
}

let conflict: Conflict | null = null;
const listeners = new Set<() => void>();

export function setConflict(next: Conflict | null) {
  conflict = next;
  listeners.forEach((listener) => listener());
}

export function useConflict(): Conflict | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => conflict,
  );
}
