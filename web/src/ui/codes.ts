/** A code from a name: Latin words joined by underscores; a name without any gets a numbered one. */
export function codeFrom(name: string, taken: readonly string[], prefix: string): string {
  const base = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 40);
  const start = base || `${prefix}_1`;
  if (!taken.includes(start)) return start;
  const stem = start.replace(/_\d+$/, "");
  for (let n = 2; ; n += 1) if (!taken.includes(`${stem}_${n}`)) return `${stem}_${n}`;
}
