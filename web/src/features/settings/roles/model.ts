import { EVERY_OBJECT, type Action, type FieldAccess, type FieldLevels, type Grant, type Grants, type Power, type Role, type Scope } from "@/api/access";
import type { Localized } from "@/api/types";

/** What of a role is edited as one draft; who holds it is given and taken at once and stands apart. */
export interface Draft {
  label: Localized;
  description: Localized;
  powers: Power[];
  grants: Grants;
  fields: FieldLevels;
}

export const OPEN: FieldAccess = { level: "edit", unmask: false };
export const draftOf = ({ label, description, powers, grants, fields }: Role): Draft => ({ label, description, powers: [...powers].sort(), grants, fields });

export const plainGrant = (scope: Scope): Grant => ({ scope, departments: [], condition: null });

/** What counts for an object: what the role says of it, else what it says of all objects. */
export function grantOf(grants: Grants, object: string, action: Action): { grant: Grant | null; own: boolean } {
  const own = grants[object]?.[action];
  if (own) return { grant: own, own: true };
  return { grant: grants[EVERY_OBJECT]?.[action] ?? null, own: false };
}

/** Two grants mean the same; a missing one opens nothing. */
export const sameGrant = (one: Grant | null, other: Grant | null): boolean => JSON.stringify(shape(one)) === JSON.stringify(shape(other));
const shape = (grant: Grant | null) => (grant && grant.scope !== "none" ? [grant.scope, [...grant.departments].sort(), grant.condition] : null);

/** Sets a grant; null leaves the object to what the role says of all objects. */
export function withGrant(draft: Draft, object: string, action: Action, grant: Grant | null): Draft {
  const { [action]: _, ...others } = draft.grants[object] ?? {};
  const { [object]: __, ...rest } = draft.grants;
  const actions = grant ? { ...others, [action]: grant } : others;
  return { ...draft, grants: Object.keys(actions).length ? { ...rest, [object]: actions } : rest };
}

export function withField(draft: Draft, object: string, field: string, access: FieldAccess): Draft {
  const { [field]: _, ...others } = draft.fields[object] ?? {};
  const { [object]: __, ...rest } = draft.fields;
  const fields = access.level === "edit" ? others : { ...others, [field]: { ...access, unmask: access.level === "masked" && access.unmask } };
  return { ...draft, fields: Object.keys(fields).length ? { ...rest, [object]: fields } : rest };
}

type Flat = Map<string, unknown>;
const place = (...parts: string[]) => parts.join("/");

/** The draft as places with values, so that it can be compared and its changes laid over another version. */
function flatten(draft: Draft): Flat {
  const flat: Flat = new Map<string, unknown>([["label", draft.label], ["description", draft.description], ["powers", draft.powers]]);
  for (const [object, actions] of Object.entries(draft.grants)) for (const [action, grant] of Object.entries(actions)) flat.set(place("grants", object, action), grant);
  for (const [object, fields] of Object.entries(draft.fields)) for (const [field, access] of Object.entries(fields)) flat.set(place("fields", object, field), access);
  return flat;
}

function unflatten(flat: Flat): Draft {
  const draft = { label: flat.get("label"), description: flat.get("description"), powers: flat.get("powers"), grants: {}, fields: {} } as Draft;
  for (const [where, value] of flat) {
    const [part, object, name] = where.split("/");
    if (object === undefined || name === undefined) continue;
    const into = (part === "grants" ? draft.grants : draft.fields) as Record<string, Record<string, unknown>>;
    (into[object] ??= {})[name] = value;
  }
  return draft;
}

/** Places where two drafts differ. */
export function changedPlaces(base: Draft, draft: Draft): Set<string> {
  const [before, after] = [flatten(base), flatten(draft)];
  const places = new Set([...before.keys(), ...after.keys()]);
  return new Set([...places].filter((each) => JSON.stringify(before.get(each)) !== JSON.stringify(after.get(each))));
}

/** One's own changes laid over what somebody else saved meanwhile. */
export function rebase(base: Draft, draft: Draft, theirs: Draft): Draft {
  const [mine, result] = [flatten(draft), flatten(theirs)];
  for (const each of changedPlaces(base, draft)) {
    if (mine.has(each)) result.set(each, mine.get(each));
    else result.delete(each);
  }
  return unflatten(result);
}

export const changedGrant = (changes: Set<string>, object: string, action: Action) => changes.has(place("grants", object, action));
export const changedField = (changes: Set<string>, object: string, field: string) => changes.has(place("fields", object, field));

/** From narrow to wide, for the tint of a cell. */
export const tone = (scope: Scope | undefined): "none" | "own" | "some" | "rule" | "all" => {
  if (!scope || scope === "none") return "none";
  if (scope === "all") return "all";
  if (scope === "own" || scope === "subordinates") return "own";
  return scope === "filter" || scope === "parent" ? "rule" : "some";
};
