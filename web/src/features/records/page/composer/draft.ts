import { read, write } from "@/ui/hooks";
import type { Mentioned } from "./mention";

/** What is being written on a record and not saved yet. */
export interface ComposerDraft {
  kind: string;
  text: string;
  due: unknown;
  next: string | null;
  people: Mentioned[];
  files: unknown;
}
export const BLANK: ComposerDraft = { kind: "note", text: "", due: null, next: null, people: [], files: null };

const PREFIX = "banyan.draft.";
const KEPT_DAYS = 30;
const DAY_MS = 864e5;
type Kept = ComposerDraft & { at: number };

const keyOf = (person: string, record: string) => `${PREFIX}${person}.${record}`;

/** Drafts are their writer's: whoever signs in here next does not find them. */
export function readDraft(person: string, record: string): ComposerDraft {
  const { at: _at, ...draft } = { ...BLANK, at: 0, ...read<Partial<Kept>>(keyOf(person, record), {}) };
  return draft;
}

export function keepDraft(person: string, record: string, draft: ComposerDraft): void {
  if (draft.text.trim() === "" && draft.files === null) forgetDraft(person, record);
  else write(keyOf(person, record), { ...draft, at: Date.now() } satisfies Kept);
}

export function forgetDraft(person: string, record: string): void {
  try {
    localStorage.removeItem(keyOf(person, record));
  } catch {
    // There is nothing kept then.
  }
}

/** What nobody came back to within a month is let go. */
export function forgetOld(now = Date.now()): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && now - read<Partial<Kept>>(key, {}).at! > KEPT_DAYS * DAY_MS) localStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing old.
  }
}
