import { useSyncExternalStore } from "react";

export interface ToastItem {
  id: number;
  text: string;
  tone: "plain" | "danger";
  reference?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
}

let items: ToastItem[] = [];
let next = 1;
const listeners = new Set<() => void>();
const changed = () => listeners.forEach((listener) => listener());

export function dismissToast(id: number) {
  items = items.filter((item) => item.id !== id);
  changed();
}

/** Says something at the foot of the screen; what can be undone stays for ten seconds, as does what went wrong. */
export function toast(text: string, options: Partial<Omit<ToastItem, "id" | "text">> = {}): void {
  const item: ToastItem = { id: next++, text, tone: "plain", ...options };
  items = [...items.slice(-2), item];
  changed();
  setTimeout(() => dismissToast(item.id), item.action || item.tone === "danger" ? 10_000 : 3_000);
}

export function useToasts(): ToastItem[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => items,
  );
}
