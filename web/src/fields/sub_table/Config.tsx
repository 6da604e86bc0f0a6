import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import type { ConfigProps } from "../contract";
import { useChildOptions } from "../parts/children";
import { Choose } from "../parts/Choose";
import { PickRow } from "../parts/ConfigRows";

const list = (value: string | string[] | null): string[] => (Array.isArray(value) ? value : []);

/** Whose records are the rows, which of their fields are columns, and which are summed below. */
export default function SubTableConfig({ config, onChange, errors }: ConfigProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const relations = useChildOptions();
  const [child, relation] = (config.relation ?? "").split(".");
  const fields = ((child && catalog.object(child)?.fields) || []).filter((field) => !field.system && field.api_name !== relation && field.type !== "sub_table" && field.type !== "button");
  const options = fields.map((field) => ({ value: field.api_name, text: say(field.label) }));
  const summed = fields.filter((field) => field.aggregates.includes("sum")).map((field) => ({ value: field.api_name, text: say(field.label) }));
  return (
    <>
      <PickRow label={t("subTable.relation")} value={config.relation || null} options={relations} help={relations.length ? undefined : t("rollup.noRelation")} error={errors["relation"]} onChange={(next) => onChange({ ...config, relation: next ?? "", columns: [], totals: [] })} />
      {child && <FormRow label={t("subTable.columns")} help={t("subTable.columnsHelp")} error={errors["columns"]}>{({ id }) => <Choose id={id} many value={config.columns ?? []} options={options} onPick={(next) => onChange({ ...config, columns: list(next) })} />}</FormRow>}
      {child && <FormRow label={t("subTable.totals")} error={errors["totals"]}>{({ id }) => <Choose id={id} many value={config.totals ?? []} options={summed} onPick={(next) => onChange({ ...config, totals: list(next) })} />}</FormRow>}
    </>
  );
}
