/** Panels any screen may ask for; the shell shows them, so that features need not know each other. */
type Opener = { kind: "create"; object: string; values?: Record<string, unknown> } | { kind: "field"; object: string; onAdded?: (name: string) => void } | { kind: "palette" } | { kind: "help"; what: "shortcuts" | "tour" };

let handler: (opener: Opener) => void = () => undefined;
export type { Opener };
export const setOpenerHandler = (next: (opener: Opener) => void) => void (handler = next);
export const openQuickCreate = (object: string, values?: Record<string, unknown>) => handler({ kind: "create", object, ...(values ? { values } : {}) });
export const openAddField = (object: string, onAdded?: (name: string) => void) => handler({ kind: "field", object, ...(onAdded ? { onAdded } : {}) });
export const openPalette = () => handler({ kind: "palette" });
export const openHelp = (what: "shortcuts" | "tour") => handler({ kind: "help", what });
