import type { Field, FieldConfig, Filter, Localized } from "@/api/types";
import { finishedConfig, typeUi } from "@/fields/registry";
import { bothLanguages, kept, type FieldDesign } from "../model";

/** A field as its form holds it. */
export interface FieldDraft {
  zh: string;
  en: string;
  code: string;
  type: string;
  config: FieldConfig;
  help: Localized | null;
  placeholder: Localized | null;
  required: boolean;
  unique: boolean;
  searchable: boolean;
  indexed: boolean;
  default: unknown;
  default_formula: string | null;
  visible_when: Filter | null;
  required_when: Filter | null;
  readonly_when: Filter | null;
}

export const startConfig = (type: string): FieldConfig => typeUi(type).startConfig ?? {};
export const emptyDraft: FieldDraft = {
  zh: "", en: "", code: "", type: "text", config: startConfig("text"), help: null, placeholder: null, required: false, unique: false, searchable: false, indexed: false,
  default: null, default_formula: null, visible_when: null, required_when: null, readonly_when: null,
};
export const labelOf = (draft: Pick<FieldDraft, "zh" | "en">) => bothLanguages(draft.zh, draft.en);
export const configOf = (draft: FieldDraft): FieldConfig => finishedConfig(draft.type, draft.config, labelOf(draft));

/** Types whose value nobody writes: there is nothing to require, to default, or to guard. */
const GIVEN = new Set(["formula", "rollup", "lookup", "button", "sub_table", "autonumber"]);
export const isGiven = (type: string) => GIVEN.has(type);
/** Types that may hold no constant: what they name is a record or a secret. */
const NO_CONSTANT = new Set(["relation", "relation_many", "polymorphic", "encrypted", "address", "location", "rich_text", "json", "barcode"]);
export const mayBeConstant = (type: string) => !NO_CONSTANT.has(type);

export function draftOf(field: Field, written: FieldDesign): FieldDraft {
  return { ...written, zh: field.label["zh-CN"] ?? "", en: field.label["en"] ?? "", code: field.api_name, type: field.type, config: written.config as FieldConfig };
}

const SETTINGS = ["required", "unique", "searchable", "indexed", "default", "default_formula", "visible_when", "required_when", "readonly_when"] as const;
const differs = (one: unknown, other: unknown) => JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);

/** What an edit sends: only settings that differ, so that two people at different ones do not meet. */
export function changesOf(before: FieldDraft, after: FieldDraft): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  if (differs(labelOf(before), labelOf(after))) changes["label"] = labelOf(after);
  for (const name of ["help", "placeholder"] as const) if (differs(kept(before[name]), kept(after[name]))) changes[name] = kept(after[name]);
  for (const name of SETTINGS) if (differs(before[name], after[name])) changes[name] = after[name];
  if (differs(before.config, after.config)) changes["config"] = configOf(after);
  return changes;
}

/** What adding sends; settings left at their start are left out. */
export function addition(draft: FieldDraft, code: string): Record<string, unknown> {
  const { label: _label, config: _config, ...set } = changesOf(emptyDraft, { ...draft, config: emptyDraft.config });
  return { api_name: code, type: draft.type, label: labelOf(draft), config: configOf(draft), ...set };
}
