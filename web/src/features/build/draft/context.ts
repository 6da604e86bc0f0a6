import { createContext, useContext } from "react";
import type { ChangeSetDoc, Designed, Operation } from "../model";
import type { Definitions } from "./api";

export interface Draft {
  /** None until the first edit. */
  set: ChangeSetDoc | null;
  /** Other people's drafts and one's own further ones. */
  others: ChangeSetDoc[];
  archivedObjects: NonNullable<Definitions["archived_objects"]>;
  /** Whether something stands already, so that there is data of it and use of it to ask for. */
  stands: (object: string, field?: string) => boolean;
  /** Why the draft does not fit the configuration any more; the designer then shows what is published. */
  refused: unknown;
  busy: boolean;
  /** Adds one operation; refused ones leave the draft as it was and throw. */
  edit: (...operations: Operation[]) => Promise<void>;
  undo: () => Promise<void>;
  drop: (index: number) => Promise<void>;
  take: (id: string | null) => void;
  rename: (name: string, note: string | null) => Promise<ChangeSetDoc | null>;
  keepMine: () => Promise<void>;
  publish: (name: string, note: string | null) => Promise<{ id: string } | null>;
  discard: () => Promise<void>;
}

export const DraftContext = createContext<Draft | null>(null);
export function useDraft(): Draft {
  const draft = useContext(DraftContext);
  if (!draft) throw new Error("The draft is read outside of the designers.");
  return draft;
}

/** Objects of the catalog in the designers come with their definitions. */
export const designed = (type: unknown) => type as Designed;
