import type { TimelineItem } from "@/api/timeline";
import { localDay } from "@/ui/format";

/** What of a timeline is shown; `kinds` empty: everything. */
export interface Narrowing {
  kinds: readonly string[];
  person: string | null;
  text: string;
}
export const EVERYTHING: Narrowing = { kinds: [], person: null, text: "" };
export const isNarrowed = ({ kinds, person, text }: Narrowing) => kinds.length > 0 || person !== null || text !== "";

/** One chip at a time, as tabs: a second click on it shows everything again. */
export const toggled = (now: Narrowing, kind: string): Narrowing => ({ ...now, kinds: now.kinds.length === 1 && now.kinds[0] === kind ? [] : [kind] });

export const byDay = <T extends Pick<TimelineItem, "at">>(items: readonly T[]): [string, T[]][] => {
  const days = new Map<string, T[]>();
  for (const item of items) {
    const day = localDay(item.at);
    const found = days.get(day);
    if (found) found.push(item);
    else days.set(day, [item]);
  }
  return [...days];
};

/** Newer items push older ones to the next page while one reads; each is shown once. */
export function onceEach(items: readonly TimelineItem[]): TimelineItem[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(item.key) && seen.add(item.key));
}

export type Piece = { text: string } | { name: string; id: string };
const MENTION = /@\[([^\]\n]{1,80})\]\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)/g;

/** A comment as pieces: text as it is, and mentions; nothing of it is ever markup. */
export function pieces(body: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of body.matchAll(MENTION)) {
    if (match.index > at) found.push({ text: body.slice(at, match.index) });
    found.push({ name: match[1] ?? "", id: match[2] ?? "" });
    at = match.index + match[0].length;
  }
  if (at < body.length) found.push({ text: body.slice(at) });
  return found;
}

export const plainOf = (body: string) => pieces(body).map((piece) => ("text" in piece ? piece.text : `@${piece.name}`)).join("");
