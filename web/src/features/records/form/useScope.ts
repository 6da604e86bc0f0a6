import { useMemo } from "react";
import { useCatalog, type Catalog } from "@/api/catalog";
import { useSession } from "@/api/session";
import type { Field, ObjectType } from "@/api/types";
import type { Scope } from "@/features/base/filters/evaluate";
import type { Speech } from "@/messages";
import { isShown, layoutOf } from "./rules";

/** How conditions of an object are asked of some values, by whoever is signed in. */
export function useScopeOf(type: ObjectType): (values: Readonly<Record<string, unknown>>) => Scope {
  const catalog = useCatalog();
  const { user } = useSession();
  return useMemo(() => (values) => ({ field: (name) => catalog.field(type.api_name, name), values, me: user.id, now: new Date() }), [catalog, type, user.id]);
}

export interface LiveSection {
  key: string;
  label: string;
  columns: 1 | 2;
  collapsed: boolean;
  fields: Field[];
}

/** Sections of the layout that fit these values, with the fields shown in them; each field once, the forgotten ones last. */
export function sectionsOf(catalog: Catalog, type: ObjectType, scope: Scope, say: Speech["say"], taken: ReadonlySet<string>): LiveSection[] {
  const layout = layoutOf(type, scope.values);
  const seen = new Set(taken);
  const pick = (names: string[], shown: boolean) =>
    names.flatMap((name) => {
      const field = catalog.field(type.api_name, name);
      if (!field || seen.has(name)) return [];
      seen.add(name);
      return shown && isShown(field, scope) ? [field] : [];
    });
  const sections = layout.sections.map((section, index): LiveSection => ({
    key: `${index}:${section.label["en"] ?? section.label["zh-CN"] ?? ""}`,
    label: say(section.label), columns: section.columns ?? 1, collapsed: section.collapsed ?? false,
    fields: pick(section.fields, isShown(section, scope)),
  }));
  const rest = pick(type.fields.filter((field) => !field.system).map((field) => field.api_name), true);
  return [...sections, { key: "rest", label: "", columns: 2 as const, collapsed: false, fields: rest }].filter((section) => section.fields.length > 0);
}
