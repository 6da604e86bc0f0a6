import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType, QueryBody, ViewConfig } from "@/api/types";
import { both } from "@/features/base/filters/model";
import { dateFields } from "@/features/base/viewKinds";
import { namesIn } from "../form/rules";
import type { ListState } from "../list/useListState";
import { inRange } from "./month";

export const WINDOW = 500;

/** The fields a calendar or timeline lies on: those of the address, the view, or the first there are. */
export function datesOf(type: ObjectType, config: ViewConfig, by: string | undefined) {
  const dates = dateFields(type);
  const named = [by, config.date_field].flatMap((name) => dates.find((field) => field.api_name === name) ?? [])[0];
  const start = named ?? dates.find((field) => !field.system) ?? dates[0];
  const end = start && start.api_name === config.date_field ? dates.find((field) => field.api_name === config.end_field) : undefined;
  return { dates, start, end };
}

interface Asked {
  catalog: Catalog;
  type: ObjectType;
  state: ListState;
  start: Field | undefined;
  end: Field | undefined;
  first: Date | undefined;
  last: Date | undefined;
  /** What else is read of each record. */
  more?: string[];
}

/** What is asked for some days: their records with what they are drawn and moved by. */
export function windowBody({ catalog, type, state, start, end, first, last, more = [] }: Asked): QueryBody {
  const asked = [start, end].flatMap((field) => (field ? [field.api_name, ...namesIn(field.readonly_when)] : []));
  const body: QueryBody = {
    select: [...new Set([type.title_field, ...(type.board_field ? [type.board_field] : []), ...asked, ...more])].filter((name) => catalog.field(type.api_name, name)),
    where: start && first && last ? both(state.where, inRange(start, end, first, last)) : state.where,
    sort: start ? [{ field: start.api_name, direction: "asc" }] : [],
    limit: WINDOW,
  };
  if (state.search) body.search = state.search;
  return body;
}
