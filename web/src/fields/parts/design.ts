import { createContext, useContext } from "react";
import type { Localized } from "@/api/types";

/** Where a form for administrators stands: the object being shaped, and the draft in which. */
export interface DesignPlace {
  object: string;
  label?: Localized;
  /** The draft that names are read in; none where nothing was changed yet. */
  changeSet: string | null;
}

export const DesignContext = createContext<DesignPlace | null>(null);
export const useDesignPlace = () => useContext(DesignContext);
