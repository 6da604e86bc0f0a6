import { createContext, useContext } from "react";
import type { Power } from "./access";
import type { Session } from "./types";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("The session is read outside of the signed-in shell.");
  return session;
}

export const usePower = (power: Power) => useSession().user.powers.includes(power);
export const useIsAdministrator = () => usePower("configure");

const homes = [["configure", "/settings/objects"], ["people", "/settings/people"], ["roles", "/settings/roles"], ["security", "/settings/security"], ["audit", "/settings/audit"]] as const;

/** Where the settings begin for this person; null for whoever has nothing to set. */
export function useSettingsHome(): (typeof homes)[number][1] | null {
  const { powers } = useSession().user;
  return homes.find(([power]) => powers.includes(power))?.[1] ?? null;
}
