import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Holder, Organisation, RoleHead, SharingRule } from "@/api/access";
import { Catalog, useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import type { AccessEntry, ObjectType } from "@/api/types";
import { keys } from "@/features/base/keys";

export const accessKeys = {
  roles: ["access", "roles"] as const,
  role: (key: string) => ["access", "roles", key] as const,
  holders: ["access", "holders"] as const,
  rules: ["access", "rules"] as const,
  organisation: ["access", "organisation"] as const,
  handovers: ["access", "handovers"] as const,
};

export const useRoles = (enabled = true) => useQuery({ queryKey: accessKeys.roles, enabled, queryFn: () => api.get<{ roles: RoleHead[] }>("/roles"), select: (data) => data.roles });
export const useHolders = () => useQuery({ queryKey: accessKeys.holders, queryFn: () => api.get<{ holders: Holder[] }>("/role-holders"), select: (data) => data.holders });
export const useRules = () => useQuery({ queryKey: accessKeys.rules, queryFn: () => api.get<{ rules: SharingRule[] }>("/sharing-rules"), select: (data) => data.rules });
export const useOrganisation = () => useQuery({ queryKey: accessKeys.organisation, queryFn: () => api.get<Organisation>("/organisation") });
export const usePeopleWithAccess = (enabled = true) => useQuery({ queryKey: keys.access, enabled, queryFn: () => api.get<{ people: AccessEntry[] }>("/users/access"), select: (data) => data.people });

/**
 * The catalog as settings need it: every object with every field, also those whose records the reader may not see.
 * Without a power that shows them it is the reader's own catalog. Null while it loads.
 */
export function useDefinitions(): { catalog: Catalog | null; error: unknown; retry: () => void } {
  const own = useCatalog();
  const { powers } = useSession().user;
  const shown = powers.some((power) => power === "configure" || power === "roles" || power === "audit");
  const found = useQuery({ queryKey: [...keys.catalog, "definitions"], enabled: shown, staleTime: 60_000, queryFn: () => api.get<{ objects: ObjectType[] }>("/metadata/definitions") });
  const catalog = useMemo(() => {
    if (!shown) return own;
    return found.data ? new Catalog({ ...own.data, objects: found.data.objects }) : null;
  }, [own, shown, found.data]);
  return { catalog, error: found.error, retry: () => void found.refetch() };
}

/** Whether a role is held now, no longer, or not yet; by this machine's clock, for showing only. */
export function stateOf(holder: Holder): "now" | "ended" | "later" {
  const now = Date.now();
  if (holder.ends_at && Date.parse(holder.ends_at) <= now) return "ended";
  return holder.starts_at && Date.parse(holder.starts_at) > now ? "later" : "now";
}
export const isCurrent = (holder: Holder) => stateOf(holder) === "now";
