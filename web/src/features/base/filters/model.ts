import type { Condition, Filter, Operator } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";

/** The filter as it is edited: every node has an id, and what the builder cannot draw is carried along untouched. */
export interface Rule {
  kind: "rule";
  id: string;
  field: string;
  op: string;
  value: unknown;
}
export interface Raw {
  kind: "raw";
  id: string;
  filter: Filter;
}
export interface Group {
  kind: "group";
  id: string;
  join: "and" | "or";
  nodes: Node[];
}
export type Node = Rule | Raw | Group;

let next = 0;
const newId = () => `f${++next}`;

export const newGroup = (join: Group["join"] = "and", nodes: Node[] = []): Group => ({ kind: "group", id: newId(), join, nodes });
export const newRule = (field: string, op: string, value: unknown = null): Rule => ({ kind: "rule", id: newId(), field, op, value });

function nodeOf(filter: Filter): Node {
  if ("field" in filter) return newRule(filter.field, filter.op, filter.value ?? null);
  if ("and" in filter) return newGroup("and", filter.and.map(nodeOf));
  if ("or" in filter) return newGroup("or", filter.or.map(nodeOf));
  return { kind: "raw", id: newId(), filter };
}

export function fromFilter(filter: Filter | null | undefined): Group {
  if (!filter) return newGroup();
  const node = nodeOf(filter);
  return node.kind === "group" ? node : newGroup("and", [node]);
}

/** Whether a rule says enough to be asked; half-typed rules never reach the server. */
export function isComplete(rule: Rule, operator: Operator | undefined): boolean {
  if (!rule.field || !operator) return false;
  if (operator.arity === "none") return true;
  if (operator.arity === "two") return Array.isArray(rule.value) && rule.value.length === 2 && rule.value.every((part) => !isEmptyValue(part));
  if (operator.arity === "many") return Array.isArray(rule.value) && rule.value.length > 0;
  return !isEmptyValue(rule.value);
}

function filterOf(node: Node, operators: Record<string, Operator>): Filter | null {
  if (node.kind === "raw") return node.filter;
  if (node.kind === "rule") {
    if (!isComplete(node, operators[node.op])) return null;
    const condition: Condition = { field: node.field, op: node.op };
    if (operators[node.op]?.arity !== "none") condition.value = node.value;
    return condition;
  }
  const parts = node.nodes.map((child) => filterOf(child, operators)).filter((part) => part !== null);
  if (parts.length === 0) return null;
  if (parts.length === 1) return parts[0] ?? null;
  return node.join === "and" ? { and: parts } : { or: parts };
}

export const toFilter = (group: Group, operators: Record<string, Operator>): Filter | null => filterOf(group, operators);

/** Replaces or (with null) removes one node anywhere in the tree; groups left empty disappear. */
export function replaceNode(group: Group, id: string, replacement: Node | null): Group {
  const nodes = group.nodes.flatMap((node): Node[] => {
    if (node.id === id) return replacement ? [replacement] : [];
    if (node.kind !== "group") return [node];
    const inner = replaceNode(node, id, replacement);
    return inner.nodes.length || node.nodes.length === 0 ? [inner] : [];
  });
  return { ...group, nodes };
}

export function both(...filters: (Filter | null | undefined)[]): Filter | null {
  const parts = filters.filter((part): part is Filter => Boolean(part));
  return parts.length === 0 ? null : parts.length === 1 ? (parts[0] ?? null) : { and: parts };
}

export function countRules(group: Group): number {
  return group.nodes.reduce((sum, node) => sum + (node.kind === "group" ? countRules(node) : 1), 0);
}

/** Keeps a value when the operator changes, as far as its shape allows. */
export function reshape(value: unknown, from: Operator | undefined, to: Operator): unknown {
  if (to.arity === "none") return null;
  if (from?.input !== to.input && (from?.input === "period" || to.input === "period")) return to.arity === "two" ? [null, null] : null;
  if (to.arity === "many") return Array.isArray(value) ? value : isEmptyValue(value) ? [] : [value];
  if (to.arity === "two") return Array.isArray(value) ? [value[0] ?? null, value[1] ?? null] : [value ?? null, null];
  return Array.isArray(value) ? (value[0] ?? null) : value;
}
