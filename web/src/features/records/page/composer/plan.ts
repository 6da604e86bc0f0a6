import type { Catalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData, Reference } from "@/api/types";
import { mayEdit } from "@/features/base/rights";
import { isReference } from "@/fields/relation/references";
import type { ComposerDraft } from "./draft";

export type Values = Record<string, unknown>;
export const SAYABLE = ["note", "call", "visit", "meeting", "task"];
export const COMMENT = "comment";
/** Kinds that have a time they are planned for. */
export const isPlanned = (kind: string) => kind === "task" || kind === "meeting";
const LONGEST_TITLE = 60;

/** The first line, as long as a title may be read at a glance. */
export const titleOf = (text: string) => {
  const line = (text.trim().split("\n")[0] ?? "").trimEnd();
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1)}…` : line;
};

/** When it happened or is due: a task is to be done, a meeting in the future is planned, all else has happened. */
export function timesOf(kind: string, due: unknown, now: Date): Values {
  if (kind === "task") return { due_at: due };
  if (kind === "meeting" && typeof due === "string") return new Date(due) > now ? { due_at: due } : { happened_at: due };
  return { happened_at: now.toISOString() };
}

/** What an activity points at: the record, and its account as well where the writer may see it. */
export function pointing(catalog: Catalog, relation: Field, record: RecordData): Values {
  const links: Values = { [relation.api_name]: { id: record.id, label: "" } satisfies Reference };
  const account = record["account"];
  if (relation.api_name !== "account" && isReference(account) && account.label !== null && catalog.field("activity", "account")) links["account"] = account;
  return links;
}

export function activityOf(draft: ComposerDraft, links: Values, now: Date): Values {
  const body = draft.text.trim();
  const title = titleOf(body);
  return {
    title, kind: draft.kind, body: body === title ? null : body, ...timesOf(draft.kind, draft.due, now), ...links,
    ...(draft.files === null ? {} : { files: draft.files }),
  };
}

/** Where the next step is written: on the record itself if it has a place for it, else as a task. */
export function followUpField(type: ObjectType): Field | null {
  const field = type.fields.find((each) => each.api_name === "next_follow_up" && each.type === "datetime");
  return field && field.access === "edit" && mayEdit(type, field) ? field : null;
}
