import { useSession } from "@/api/session";
import type { DocumentData, Header, Line } from "./model/types";

/** What is being typed into a document, kept until it is saved: a tab that is reloaded or a session that ends loses nothing. */
export interface Kept {
  /** What it was written over: who saves it later is told what came in between. */
  base: DocumentData;
  header: Header;
  lines: Line[];
}

export function useKept(object: string, id: string) {
  const key = `banyan.document.${useSession().user.id}.${object}.${id}`;
  return {
    read: (): Kept | null => {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? "null") as Kept | null;
      } catch {
        return null;
      }
    },
    write: (kept: Kept | null) => {
      try {
        if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
        else sessionStorage.removeItem(key);
      } catch {
        // A full or refused storage keeps nothing; what is on the screen is not lost by it.
      }
    },
  };
}
