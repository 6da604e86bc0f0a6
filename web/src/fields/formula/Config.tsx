import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { PickRow, SwitchRow, WholeRow } from "../parts/ConfigRows";
import { FormulaEditor } from "./editor/FormulaEditor";

export default function FormulaConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  const forms = [{ value: "plain", text: t("formula.plain") }, { value: "percent", text: t("formula.percent") }];
  return (
    <>
      <FormulaEditor label={t("formula.label")} required value={config.formula ?? ""} blankAsZero={config.blank_as_zero ?? false} error={errors["formula"]} onChange={(formula) => onChange({ ...config, formula })} />
      <SwitchRow label={t("formula.blankAsZero")} value={config.blank_as_zero ?? false} onChange={(blank_as_zero) => onChange({ ...config, blank_as_zero })} />
      <WholeRow label={t("fields.scale")} value={config.scale ?? 2} error={errors["scale"]} onChange={(scale) => onChange({ ...config, scale: scale ?? 0 })} />
      <PickRow label={t("formula.format")} value={config.format ?? "plain"} options={forms} onChange={(format) => onChange({ ...config, format })} />
    </>
  );
}
