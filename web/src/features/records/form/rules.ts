import type { Choice, Field, Filter, ObjectLayout, ObjectType } from "@/api/types";
import { evaluate, judge, type Scope } from "@/features/base/filters/evaluate";
import { isEmptyValue } from "@/fields/contract";

type Values = Readonly<Record<string, unknown>>;

/** The layout of what a record is: that of its record type, where the type has one of its own. */
export function layoutOf(type: ObjectType, values: Values): ObjectLayout {
  const kind = type.record_type_field ? values[type.record_type_field] : null;
  return (typeof kind === "string" && type.record_type_layouts?.[kind]) || type.layout;
}

export const isShown = (part: { visible_when?: Filter | null }, scope: Scope) => !part.visible_when || evaluate(part.visible_when, scope);
export const isRequired = (field: Field, scope: Scope) => field.required || Boolean(field.required_when && evaluate(field.required_when, scope));
/** Only what certainly holds locks a field: a doubtful lock would keep from typing what the server might take. */
export const isLocked = (field: Field, scope: Scope) => Boolean(field.readonly_when && judge(field.readonly_when, scope) === true);

/** Whether a choice is offered under what its controlling field says. */
function fits(choice: Choice | undefined, leading: unknown): boolean {
  if (!choice?.when?.length) return true;
  return (Array.isArray(leading) ? leading : [leading]).some((key) => choice.when?.includes(String(key)));
}

/** The field with what is offered under these values; a choice that does not fit keeps its name, so that it still reads. */
export function narrowed(field: Field, values: Values): Field {
  const leading = field.config.depends_on;
  if (!leading || !field.config.choices) return field;
  const choices = field.config.choices.map((choice) => (fits(choice, values[leading] ?? null) ? choice : { ...choice, archived: true }));
  return { ...field, config: { ...field.config, choices } };
}

/** What is left of a dependent value under a new controlling one. */
function kept(field: Field, value: unknown, leading: unknown): unknown {
  const choice = (key: unknown) => field.config.choices?.find((candidate) => candidate.key === key);
  if (!Array.isArray(value)) return isEmptyValue(value) || fits(choice(value), leading) ? value : null;
  const left = value.filter((key) => fits(choice(key), leading));
  return left.length === value.length ? value : left.length ? left : null;
}

/** After `name` was set: choices further down that no longer fit are cleared, and which fields those are. */
export function settle(fields: readonly Field[], values: Values, name: string): { values: Record<string, unknown>; cleared: Field[] } {
  const settled = { ...values };
  const cleared: Field[] = [];
  const queue = [name];
  for (let leading = queue.shift(); leading !== undefined; leading = queue.shift()) {
    for (const field of fields) {
      if (field.config.depends_on !== leading || field.api_name === name) continue;
      const value = kept(field, settled[field.api_name], settled[leading] ?? null);
      if (value === settled[field.api_name] || cleared.includes(field)) continue;
      settled[field.api_name] = value;
      cleared.push(field);
      queue.push(field.api_name);
    }
  }
  return { values: settled, cleared };
}

/** Names of fields a filter speaks of. */
export function namesIn(filter: Filter | null | undefined): string[] {
  if (!filter) return [];
  if ("field" in filter) return [filter.field];
  if ("and" in filter) return filter.and.flatMap(namesIn);
  if ("or" in filter) return filter.or.flatMap(namesIn);
  return "not" in filter ? namesIn(filter.not) : [];
}
