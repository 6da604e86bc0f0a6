import { createContext, useContext } from "react";
import type { Power, Session } from "./types";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("The session is read outside of the signed-in shell.");
  return session;
}

export const usePower = (power: Power) => useSession().user.powers.includes(power);
export const useIsAdministrator = () => usePower("configure");

/** Where the settings begin for this person; null for whoever has nothing to set. */
export function useSettingsHome(): "/settings/objects" | "/settings/audit" | null {
  const { powers } = useSession().user;
  if (powers.some((power) => power !== "audit")) return "/settings/objects";
  return powers.includes("audit") ? "/settings/audit" : null;
}
