import type { Field, ObjectType, View, ViewConfig, ViewKind } from "@/api/types";
import { choiceFields, dateFields, imageFields } from "@/features/base/viewKinds";

/** What of a configuration belongs to a kind alone: columns, filter and order are everybody's. */
const MEMBERS: Record<ViewKind, readonly (keyof ViewConfig)[]> = {
  list: [],
  board: ["group_by", "lane_field", "blocked_field", "card_fields", "wip", "age_days"],
  calendar: ["date_field", "end_field"],
  timeline: ["date_field", "end_field", "group_by"],
  gallery: ["image_field"],
  split: ["line_field"],
};

/** Dates of the object's own come before those every record has. */
export const daysOf = (type: ObjectType) => [...dateFields(type)].sort((a, b) => Number(a.system) - Number(b.system));

/** What a view is drawn by, without its columns, filter and order. */
export const shapeOf = (view: View): ViewConfig => Object.fromEntries(MEMBERS[view.kind].flatMap((name) => (view.config[name] === undefined ? [] : [[name, view.config[name]]])));

/** What was left as offered is said in the view, so that a field added later does not take its place. */
export function drawnBy(type: ObjectType, { kind, config = {} }: { kind?: ViewKind; config?: ViewConfig }): ViewConfig {
  const first = (fields: Field[]) => fields[0]?.api_name ?? null;
  if (kind === "board") return { group_by: first(choiceFields(type)), ...config };
  if (kind === "calendar") return { date_field: first(daysOf(type)), ...config };
  if (kind === "timeline") return { date_field: first(daysOf(type)), end_field: daysOf(type).filter((field) => !field.system)[1]?.api_name ?? null, ...config };
  return kind === "gallery" ? { image_field: first(imageFields(type)), ...config } : config;
}
