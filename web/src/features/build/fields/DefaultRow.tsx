import { Segmented } from "antd";
import { useState } from "react";
import type { Field } from "@/api/types";
import { FormulaEditor } from "@/fields/formula/editor/FormulaEditor";
import { typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { mayBeConstant, type FieldDraft } from "./draft";

interface Props {
  field: Field;
  draft: FieldDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<FieldDraft>) => void;
}

/** What a new record begins with: nothing, a value, or what a formula gives. */
export function DefaultRow({ field, draft, errors, onChange }: Props) {
  const { t } = useSpeech();
  const [mode, setMode] = useState(draft.default_formula !== null ? "formula" : draft.default !== null && draft.default !== undefined ? "value" : "none");
  const ui = typeUi(draft.type);
  const options = [{ value: "none", label: t("default.none") }, ...(mayBeConstant(draft.type) ? [{ value: "value", label: t("default.value") }] : []), { value: "formula", label: t("default.formula") }];
  const pick = (next: string) => {
    setMode(next);
    onChange({ default: null, default_formula: null });
  };
  return (
    <>
      <FormRow label={t("setting.default")}>{() => <Segmented aria-label={t("setting.default")} value={mode} options={options} onChange={(next) => pick(next)} />}</FormRow>
      {mode === "value" && <FormRow label={t("default.value")} error={errors["default"]}>{({ id }) => <ui.Editor id={id} label={t("default.value")} field={{ ...field, config: draft.config, required: false }} value={draft.default} onChange={(value) => onChange({ default: ui.toWrite ? ui.toWrite(value) : value })} />}</FormRow>}
      {mode === "formula" && <FormulaEditor label={t("setting.default_formula")} value={draft.default_formula ?? ""} error={errors["default_formula"]} onChange={(text) => onChange({ default_formula: text || null })} />}
    </>
  );
}
