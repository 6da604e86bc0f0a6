import { createContext, useContext } from "react";

/** Where a form for administrators stands: the object being shaped, and the draft in which. */
export interface DesignPlace {
  object: string;
  /** The draft that names are read in; none where nothing was changed yet. */
  changeSet: string | null;
  /** Whether an object is published, so that it has records to try things on. */
  stands: (object: string) => boolean;
}

export const DesignContext = createContext<DesignPlace | null>(null);
export const useDesignPlace = () => useContext(DesignContext);
