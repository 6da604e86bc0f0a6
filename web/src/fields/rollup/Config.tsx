import { useState } from "react";
import { Button } from "antd";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { FormulaEditor } from "../formula/editor/FormulaEditor";
import { useChildOptions } from "../parts/children";
import { PickRow, SwitchRow, WholeRow } from "../parts/ConfigRows";

const FUNCTIONS = ["count", "sum", "avg", "min", "max", "count_distinct"] as const;
const NUMBERS = new Set(["number", "currency", "percent", "formula", "rollup", "lookup", "duration", "rating"]);

/** One figure over the records that point here: which, how, over what, and which of them are counted. */
export default function RollupConfig({ config, onChange, errors }: ConfigProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const relations = useChildOptions();
  const [asked, setAsked] = useState(Boolean(config.condition));
  const how = config.function ?? "count";
  const child = config.relation?.split(".")[0];
  const fields = (child ? catalog.object(child)?.fields : undefined) ?? [];
  const offered = fields.filter((field) => (how === "sum" || how === "avg" ? NUMBERS.has(field.type) : !["button", "sub_table", "relation_many"].includes(field.type)) && !["identifier", "row_version"].includes(field.type));
  const known = offered.map((field) => ({ value: field.api_name, text: say(field.label) }));
  const written = config.field && !known.some((option) => option.value === config.field) ? [{ value: config.field, text: config.field }] : [];
  return (
    <>
      <PickRow label={t("rollup.relation")} value={config.relation || null} options={relations} help={relations.length ? undefined : t("rollup.noRelation")} error={errors["relation"]} onChange={(relation) => onChange({ ...config, relation: relation ?? "", field: null, condition: null })} />
      <PickRow label={t("rollup.function")} value={how} options={FUNCTIONS.map((each) => ({ value: each, text: t(`rollup.${each}`) }))} error={errors["function"]} onChange={(next) => onChange({ ...config, function: next ?? "count", ...(next === "count" ? { field: null } : {}) })} />
      {how !== "count" && <PickRow label={t("rollup.field")} value={config.field ?? null} options={[...known, ...written]} error={errors["field"]} onChange={(field) => onChange({ ...config, field })} />}
      {child && asked && <FormulaEditor label={t("rollup.condition")} help={t("rollup.conditionHelp")} object={child} expect="boolean" value={config.condition ?? ""} error={errors["condition"]} onChange={(condition) => onChange({ ...config, condition: condition || null })} />}
      {child && !asked && <Button size="small" style={{ marginBottom: 16 }} onClick={() => setAsked(true)}>{t("rollup.addCondition")}</Button>}
      {!how.startsWith("count") && <WholeRow label={t("fields.scale")} value={config.scale ?? 2} error={errors["scale"]} onChange={(scale) => onChange({ ...config, scale: scale ?? 0 })} />}
      <SwitchRow label={t("formula.blankAsZero")} value={config.blank_as_zero ?? true} onChange={(blank_as_zero) => onChange({ ...config, blank_as_zero })} />
    </>
  );
}
