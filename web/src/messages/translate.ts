export type Pair = readonly [zh: string, en: string];

/** The names of the `{placeholders}` of a message, read from its text. */
type Names<S extends string> = S extends `${string}{${infer P}}${infer Rest}`
  ? (P extends `${infer Name}|${string}` ? Name : P) | Names<Rest>
  : never;
export type Params<P extends Pair> = [Names<P[0]> | Names<P[1]>] extends [never]
  ? []
  : [params: Record<Names<P[0]> | Names<P[1]>, string | number>];

/**
 * Fills `{name}` and, for English plurals, `{n|record|records}`.
 * Numbers get the language's thousands separators.
 */
export function fill(text: string, params: Record<string, string | number> | undefined, language: string): string {
  if (!params) return text;
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    const shown = typeof value === "number" ? value.toLocaleString(language) : value;
    if (one === undefined) return shown;
    return `${shown} ${Number(value) === 1 ? one : (many ?? one)}`;
  });
}
