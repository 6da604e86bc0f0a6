import type { Condition, Field, Filter } from "@/api/types";
import { normaliseNumber } from "@/fields/number";
import { isEmptyValue } from "@/fields/contract";
import { compareDecimals } from "@/ui/decimal";
import { periodOf } from "./periods";

/** What a filter is asked of: values as a form or a record holds them, and who asks when. */
export interface Scope {
  field: (name: string) => Pick<Field, "type" | "config"> | undefined;
  values: Readonly<Record<string, unknown>>;
  me: string;
  now: Date;
}

/** Yes, no, or not for this client to say. */
type Verdict = boolean | undefined;
type Comparable = string | number | boolean;

const NUMBERS = new Set(["number", "percent", "currency", "rating", "duration"]);
const SETS = new Set(["multiple_choice", "choices", "tags", "users", "departments", "relation_many"]);

const kindOf = (field: Pick<Field, "type" | "config">) => field.config.result ?? field.type;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** The plain part of a value: the id of a relation, the amount of money; nothing for an error and for what is empty. */
function plain(value: unknown): Comparable | null {
  if (isEmptyValue(value)) return null;
  if (!isObject(value)) return value as Comparable;
  if ("error" in value) return null;
  return (value["id"] ?? value["amount"] ?? null) as Comparable | null;
}

function order(kind: string, left: Comparable, right: Comparable): number | null {
  if (NUMBERS.has(kind)) return compareDecimals(String(normaliseNumber(String(left)) ?? ""), String(normaliseNumber(String(right)) ?? ""));
  if (kind === "datetime") {
    const [a, b] = [Date.parse(String(left)), Date.parse(String(right))];
    return Number.isNaN(a) || Number.isNaN(b) ? null : a - b;
  }
  const [a, b] = [String(left), String(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

const operand = (raw: unknown, scope: Scope) => plain(raw === "me" ? scope.me : raw);
const words = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).flatMap((each) => plain(each) ?? []).map((each) => String(each).toLowerCase());

function within(kind: string, value: Comparable, key: unknown, now: Date): Verdict {
  const range = periodOf(String(key), now);
  if (!range) return undefined;
  const text = String(value);
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const at = kind === "datetime" ? Date.parse(text) : new Date(year ?? 0, (month ?? 1) - 1, day ?? 1).getTime();
  return at >= range[0].getTime() && at < range[1].getTime();
}

/** Words such as "my_subordinates" stand for ids that only the server knows. */
const known = (kind: string, raw: unknown): boolean => !(["user", "users", "department", "departments", "relation"].includes(kind) && (Array.isArray(raw) ? raw : [raw]).some((each) => typeof each === "string" && each.startsWith("my_")));

type Matcher = (kind: string, value: Comparable, raw: unknown, scope: Scope) => Verdict;
const compared = (holds: (order: number) => boolean): Matcher => (kind, value, raw, scope) => {
  const right = operand(raw, scope);
  const found = right === null ? null : order(kind, value, right);
  return found !== null && holds(found);
};
const equals = compared((found) => found === 0);
const POSITIVE: Record<string, Matcher> = {
  eq: equals,
  lt: compared((found) => found < 0),
  lte: compared((found) => found <= 0),
  gt: compared((found) => found > 0),
  gte: compared((found) => found >= 0),
  in: (kind, value, raw, scope) => Array.isArray(raw) && raw.some((each) => equals(kind, value, each, scope)),
  between: (kind, value, raw, scope) => Array.isArray(raw) && compared((found) => found >= 0)(kind, value, raw[0], scope) === true && compared((found) => found <= 0)(kind, value, raw[1], scope) === true,
  contains: (_kind, value, raw) => String(value).toLowerCase().includes(String(raw).toLowerCase()),
  starts_with: (_kind, value, raw) => String(value).toLowerCase().startsWith(String(raw).toLowerCase()),
  within: (kind, value, raw, scope) => within(kind, value, raw, scope.now),
};
/** Exact complements, empty values included. */
const NEGATIVE: Record<string, string> = { ne: "eq", not_in: "in", not_contains: "contains", is_not_empty: "is_empty", none_of: "any_of" };
const not = (verdict: Verdict): Verdict => (verdict === undefined ? undefined : !verdict);

function matches({ field: name, op, value: raw }: Condition, scope: Scope): Verdict {
  const positive = NEGATIVE[op];
  if (positive) return not(matches({ field: name, op: positive, value: raw }, scope));
  const field = scope.field(name);
  if (!field) return undefined;
  const kind = kindOf(field);
  const held = scope.values[name];
  if (op === "is_empty") return isEmptyValue(held) || (!Array.isArray(held) && plain(held) === null);
  if (!known(kind, raw)) return undefined;
  if (SETS.has(kind) && (op === "any_of" || op === "all_of")) {
    const own = new Set(words(held));
    const asked = words(Array.isArray(raw) ? raw.map((each) => (each === "me" ? scope.me : (each as unknown))) : raw);
    if (own.size === 0) return false;
    return op === "any_of" ? asked.some((each) => own.has(each)) : asked.every((each) => own.has(each));
  }
  const match = POSITIVE[op];
  if (!match || SETS.has(kind)) return undefined;
  const value = plain(held);
  return value === null ? false : match(kind, value, raw, scope);
}

/** Whether a filter holds, as the server means it; undefined where that hangs on what this client does not know. */
export function judge(filter: Filter, scope: Scope): Verdict {
  if ("and" in filter) {
    const found = filter.and.map((part) => judge(part, scope));
    return found.includes(false) ? false : found.includes(undefined) ? undefined : true;
  }
  if ("or" in filter) {
    const found = filter.or.map((part) => judge(part, scope));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  }
  if ("not" in filter) return not(judge(filter.not, scope));
  return "field" in filter ? matches(filter, scope) : undefined;
}

/** What cannot be judged here is taken to hold: the server decides. */
export const evaluate = (filter: Filter, scope: Scope): boolean => judge(filter, scope) !== false;
