import { FileText, Mail, MapPin, MessageSquareText, Phone, SquareCheck, Users, type LucideIcon } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import type { Choice, Field } from "@/api/types";

const icons: Record<string, LucideIcon> = { note: FileText, call: Phone, visit: MapPin, meeting: Users, task: SquareCheck, email: Mail };
export const activityIcon = (kind: unknown): LucideIcon => icons[String(kind)] ?? MessageSquareText;

/** The relation of an activity that can point at this object, such as `activity.account`; none where it cannot. */
export function useActivityLink(object: string): { relation: Field; kinds: Choice[] } | null {
  const catalog = useCatalog();
  const type = catalog.object("activity");
  const relation = type?.fields.find((field) => field.type === "relation" && field.config.target === object);
  const kinds = catalog.field("activity", "kind")?.config.choices ?? [];
  return type?.permissions.create && relation ? { relation, kinds: kinds.filter((kind) => !kind.archived) } : null;
}
