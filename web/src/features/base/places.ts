import type { LinkProps } from "@tanstack/react-router";
import { ChartNoAxesCombined, HandCoins, Filter, Goal, Hourglass, ScanSearch, Upload, UserRoundCheck, Waves, type LucideIcon } from "lucide-react";
import type { Catalog } from "@/api/catalog";
import type { MessageKey } from "@/messages";
import { hasDeals, hasFunnel, hasPipelines, hasPools, hasReceivables, hasTargets, mayImport } from "./rights";

/** A work place beside the objects: in the rail, behind "more" on the phone, and in the palette. `shown` asks what its reader may see. */
export interface Place {
  label: Exclude<MessageKey & `nav.${string}`, "nav.inboxUnread">;
  to: NonNullable<LinkProps["to"]>;
  icon: LucideIcon;
  shown: (catalog: Catalog) => boolean;
}

export const places: readonly Place[] = [
  { label: "nav.forecast", to: "/forecast", icon: ChartNoAxesCombined, shown: hasDeals },
  { label: "nav.targets", to: "/targets", icon: Goal, shown: hasTargets },
  { label: "nav.mine", to: "/mine", icon: UserRoundCheck, shown: hasDeals },
  { label: "nav.receivables", to: "/receivables", icon: HandCoins, shown: hasReceivables },
  { label: "nav.pools", to: "/pools", icon: Waves, shown: hasPools },
  { label: "nav.funnel", to: "/funnel", icon: Filter, shown: hasFunnel },
  { label: "nav.stuck", to: "/stuck", icon: Hourglass, shown: hasPipelines },
  { label: "nav.duplicates", to: "/duplicates/check", icon: ScanSearch, shown: (catalog) => catalog.navigation.some((type) => type.permissions.create) },
  { label: "nav.import", to: "/import", icon: Upload, shown: mayImport },
];
