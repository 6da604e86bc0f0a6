import { CalendarDays, ChartGantt, Columns3, LayoutGrid, PanelLeft, Rows3, type LucideIcon } from "lucide-react";
import type { Field, ObjectType, ViewKind } from "@/api/types";

/** The ways to look at the records of an object, and where each lives. */
export const viewKinds = ["list", "board", "calendar", "timeline", "gallery", "split"] as const satisfies readonly ViewKind[];
export const viewPath = { list: "/o/$object", board: "/o/$object/board", calendar: "/o/$object/calendar", timeline: "/o/$object/timeline", gallery: "/o/$object/gallery", split: "/o/$object/split" } as const;
export const viewIcon: Record<ViewKind, LucideIcon> = { list: Rows3, board: Columns3, calendar: CalendarDays, timeline: ChartGantt, gallery: LayoutGrid, split: PanelLeft };

const given = (field: Field) => field.config.result ?? field.type;
const readable = (field: Field) => field.access !== "masked";
export const dateFields = (type: ObjectType) => type.fields.filter((field) => readable(field) && field.operators.length > 0 && ["date", "datetime"].includes(given(field)));
export const imageFields = (type: ObjectType) => type.fields.filter((field) => readable(field) && field.type === "image");
export const choiceFields = (type: ObjectType) => type.fields.filter((field) => readable(field) && field.type === "single_choice");
export const hasTime = (field: Field) => given(field) === "datetime";

/** Only what there is something to draw by is offered. */
export const kindsFor = (type: ObjectType): ViewKind[] => viewKinds.filter((kind) => (kind === "board" ? choiceFields(type).length > 0 : kind === "calendar" || kind === "timeline" ? dateFields(type).length > 0 : true));
