/** The record an arrow, Home or End leads to from the one chosen; nothing where there is none further. */
export function stepFrom(ids: readonly string[], chosen: string | undefined, key: string): string | undefined {
  const at = chosen === undefined ? -1 : ids.indexOf(chosen);
  if (key === "ArrowDown") return ids[at + 1];
  if (key === "ArrowUp") return at > 0 ? ids[at - 1] : undefined;
  if (key === "Home") return ids[0];
  return key === "End" ? ids[ids.length - 1] : undefined;
}
