/** People mentioned read as `@name` while one types; what is sent names them by id as well. */

export interface Mentioned {
  id: string;
  name: string;
}

/** The name begun with @ before the caret; null where none is being typed. */
export function begun(text: string, caret: number): { from: number; word: string } | null {
  const match = /(^|[\s\p{P}\p{Script=Han}])@([^\s@]{0,30})$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const word = match[2] ?? "";
  return { from: caret - word.length - 1, word };
}

/** Names cannot hold what ends a mention. */
const safeName = (name: string) => name.replace(/[[\]\n]/g, " ").trim().slice(0, 80) || "?";

export function completed(text: string, from: number, caret: number, person: Mentioned): { text: string; caret: number } {
  const put = `@${safeName(person.name)} `;
  return { text: text.slice(0, from) + put + text.slice(caret), caret: from + put.length };
}

/** The text as it is sent: every chosen person's `@name` as `@[name](id)`, the longest names first. */
export function withIds(text: string, people: readonly Mentioned[]): string {
  const named = new Map([...people].map((person) => [safeName(person.name), person.id]));
  const names = [...named.keys()].sort((a, b) => b.length - a.length);
  if (names.length === 0) return text;
  const any = new RegExp(`@(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "g");
  return text.replace(any, (_whole, name: string) => `@[${name}](${named.get(name) ?? ""})`);
}
