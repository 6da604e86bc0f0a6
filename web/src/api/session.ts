import { createContext, useContext } from "react";
import type { Session } from "./types";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("The session is read outside of the signed-in shell.");
  return session;
}

export const useIsAdministrator = () => useSession().user.role === "administrator";
