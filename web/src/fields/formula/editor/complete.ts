import type { Catalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import type { Speech } from "@/messages";
import type { FormulaFunction } from "./useCheck";

export interface Suggestion {
  /** What is put in. */
  text: string;
  /** What it is called, and beneath it what it does. */
  name: string;
  note: string;
  kind: "field" | "function";
}

/** The word being written before the caret: letters, digits, dots; where it begins. */
export function wordBefore(text: string, caret: number): { word: string; start: number } {
  const found = /[\p{L}\p{N}_.]*$/u.exec(text.slice(0, caret));
  const word = found?.[0] ?? "";
  return { word, start: caret - word.length };
}

/** The text with the word before the caret replaced, and where the caret then stands: inside of a function's brackets. */
export function completed(text: string, caret: number, chosen: Suggestion): { text: string; caret: number } {
  const { start } = wordBefore(text, caret);
  const put = chosen.kind === "function" ? `${chosen.text}()` : chosen.text;
  return { text: text.slice(0, start) + put + text.slice(caret), caret: start + put.length - (chosen.kind === "function" ? 1 : 0) };
}

/** Fields along a path of to-one relations: `account.` offers the account's own. */
function fieldSuggestions(catalog: Catalog, object: string, word: string, say: Speech["say"]): Suggestion[] {
  const steps = word.split(".");
  const typed = (steps.pop() ?? "").toLowerCase();
  let at: string | undefined = object;
  for (const step of steps) {
    const field: Field | undefined = at ? catalog.field(at, step) : undefined;
    at = (field ? catalog.target(field) : undefined) ?? (steps.length === 1 && catalog.object(step) ? step : undefined);
  }
  const prefix = steps.length ? `${steps.join(".")}.` : "";
  const fields = (at ? catalog.object(at)?.fields : undefined) ?? [];
  return fields
    .filter((field) => field.type !== "button" && (field.api_name.includes(typed) || say(field.label).toLowerCase().includes(typed)))
    .map((field) => ({ text: prefix + field.api_name, name: say(field.label), note: prefix + field.api_name, kind: "field" as const }));
}

/** Objects whose records point here, for aggregates: `SUM(lines.` goes on from there. */
function childSuggestions(catalog: Catalog, object: string, word: string, say: Speech["say"]): Suggestion[] {
  if (word.includes(".")) return [];
  const typed = word.toLowerCase();
  return catalog.data.objects
    .filter((child) => child.fields.some((field) => field.type === "relation" && !field.system && catalog.target(field) === object))
    .filter((child) => child.api_name.includes(typed) || say(child.label).toLowerCase().includes(typed))
    .map((child) => ({ text: child.api_name, name: say(child.label_plural), note: child.api_name, kind: "field" as const }));
}

const MOST = 8;

export function suggestions(catalog: Catalog, object: string, functions: FormulaFunction[], word: string, say: Speech["say"]): Suggestion[] {
  if (!word) return [];
  const typed = word.toLowerCase();
  const known = word.includes(".") ? [] : functions
    .filter((each) => !each.operator && each.key.toLowerCase().startsWith(typed))
    .map((each) => ({ text: each.key, name: `${each.key}(${each.ways[0]?.signature ?? ""})`, note: say(each.doc), kind: "function" as const }));
  const found = [...fieldSuggestions(catalog, object, word, say), ...childSuggestions(catalog, object, word, say), ...known];
  return found.filter((each) => each.text !== word).slice(0, MOST);
}
