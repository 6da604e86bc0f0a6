import { createContext, useContext } from "react";
import type { Choice, Field, Filter, ObjectType, ViewConfig } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { USUAL_AGES } from "./ageing";
import type { BoardMoves } from "./useBoardMoves";

/** What all parts of a board are drawn by. */
export interface Setting {
  type: ObjectType;
  /** The field whose choices are the columns. */
  field: Field;
  lane: Field | undefined;
  columns: (Choice | null)[];
  where: Filter | null;
  search: string;
  face: Face;
  ages: readonly number[];
  moves: BoardMoves;
  onOpen: (id: string) => void;
}

/** What a card says beside its name, in two lines, and whether it is blocked and why. */
export interface Face {
  second: string[];
  third: string[];
  blocked: string | null;
  reason: string | null;
}

export const SettingContext = createContext<Setting | null>(null);

export function useSetting(): Setting {
  const setting = useContext(SettingContext);
  if (!setting) throw new Error("Outside of a board");
  return setting;
}

/** What a card says where nobody chose: money and date on one line, then the next step or who has it. */
export function usualFace(type: ObjectType, groupBy: string): { second: string[]; third: string[] } {
  const find = (accept: (name: string, fieldType: string) => boolean) => type.fields.find((field) => !field.system && field.api_name !== groupBy && field.api_name !== type.title_field && accept(field.api_name, field.type))?.api_name;
  const money = type.board_sum_field ?? find((_, kind) => kind === "currency");
  // The day something ends says more than the day it began.
  const date = find((name, kind) => kind === "date" && /close|due|end/.test(name)) ?? find((_, kind) => kind === "date" || kind === "datetime");
  const next = find((name) => name === "next_step") ?? find((_, kind) => kind === "relation") ?? type.subtitle_field ?? undefined;
  const second = [money ?? type.subtitle_field, date].filter((name): name is string => Boolean(name));
  return { second, third: [next, "owner"].filter((name): name is string => Boolean(name) && !second.includes(name as string)) };
}

/** Fields that may mark a card as blocked: a yes, or any choice. */
export const blockFields = (type: ObjectType): Field[] => type.fields.filter((field) => !field.system && field.access !== "masked" && (field.type === "boolean" || field.type === "single_choice"));
export const cardFieldsOf = (type: ObjectType): Field[] => type.fields.filter((field) => field.api_name !== type.title_field && !fieldUi(field).virtual && !fieldUi(field).multiline);

export function faceOf(type: ObjectType, groupBy: string, config: ViewConfig): Face {
  const has = (name: string | null | undefined): name is string => Boolean(name) && type.fields.some((field) => field.api_name === name);
  const chosen = (config.card_fields ?? []).filter(has).slice(0, 4);
  const blocked = blockFields(type).find((field) => field.api_name === config.blocked_field)?.api_name ?? null;
  const reason = blocked && has(`${blocked}_reason`) ? `${blocked}_reason` : null;
  const lines = chosen.length ? { second: chosen.slice(0, 2), third: chosen.slice(2) } : usualFace(type, groupBy);
  return { ...lines, blocked, reason };
}

export const agesOf = (config: ViewConfig): readonly number[] => (config.age_days?.length === 3 ? config.age_days : USUAL_AGES);

/** What is read of each card. */
export const selectOf = ({ type, field, lane, face }: Pick<Setting, "type" | "field" | "lane" | "face">): string[] =>
  [...new Set([type.title_field, field.api_name, lane?.api_name, "updated_at", ...(field.api_name === type.stage_field && type.fields.some((each) => each.api_name === "stage_entered_at") ? ["stage_entered_at", type.pipeline_field] : []), ...face.second, ...face.third, face.blocked, face.reason].filter((name): name is string => Boolean(name)))];
