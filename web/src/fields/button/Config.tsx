import { Button } from "antd";
import { Plus, X } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { Dot } from "@/ui/Tag";
import { categories } from "@/tokens/theme";
import type { ConfigProps } from "../contract";
import { Choose } from "../parts/Choose";
import { LocalizedRows, PickRow, TextRow } from "../parts/ConfigRows";
import { useDesignPlace } from "../parts/design";
import { typeUi } from "../registry";
import styles from "./Config.module.css";

const settable = (field: Field) => !field.system && !field.readonly && !["button", "sub_table", "formula", "rollup", "lookup", "autonumber", "encrypted"].includes(field.type);

interface RowProps {
  name: string;
  value: unknown;
  fields: Field[];
  onName: (name: string) => void;
  onValue: (value: unknown) => void;
  onRemove: () => void;
}

function ValueRow({ name, value, fields, onName, onValue, onRemove }: RowProps) {
  const { t, say } = useSpeech();
  const field = fields.find((each) => each.api_name === name);
  const ui = field ? typeUi(field.type) : undefined;
  return (
    <div className={styles["row"]} role="group" aria-label={say(field?.label)}>
      <Choose label={t("filter.field")} value={name || null} clearable={false} options={fields.map((each) => ({ value: each.api_name, text: say(each.label) }))} onPick={(next) => onName(next as string)} />
      {field && ui && <ui.Editor field={field} value={value} label={t("filter.value")} onChange={(next) => onValue(ui.toWrite ? ui.toWrite(next) : next)} />}
      <IconButton label={t("filter.remove", { name: say(field?.label) })} onClick={onRemove}><X size={14} /></IconButton>
    </div>
  );
}

/** What a click does: set values of the record, or open an address made from them. */
export default function ButtonConfig({ config, onChange, errors }: ConfigProps) {
  const catalog = useCatalog();
  const place = useDesignPlace();
  const { t } = useSpeech();
  const fields = (catalog.object(place?.object ?? "")?.fields ?? []).filter(settable);
  const values = Object.entries(config.values ?? {});
  const free = fields.filter((field) => !values.some(([name]) => name === field.api_name));
  const set = (next: [string, unknown][]) => onChange({ ...config, values: Object.fromEntries(next) });
  const colours = categories.map((colour) => ({ value: colour, text: colour, node: <Dot color={colour} /> }));
  return (
    <>
      <PickRow label={t("button.action")} value={config.action ?? "set"} options={[{ value: "set", text: t("button.set") }, { value: "open", text: t("button.open") }]} onChange={(action) => onChange({ ...config, action: action as "set" | "open", ...(action === "set" ? { url: null } : { values: {} }) })} />
      {config.action === "open" ? (
        <TextRow label={t("button.url")} help={t("button.urlHelp")} value={config.url ?? null} error={errors["url"] ?? errors["config"]} onChange={(url) => onChange({ ...config, url })} />
      ) : (
        <fieldset className={styles["values"]}>
          <legend>{t("button.values")}</legend>
          {values.map(([name, value], index) => (
            <ValueRow key={index} name={name} value={value} fields={fields.filter((field) => field.api_name === name || free.includes(field))} onName={(next) => set(values.map((each, at) => (at === index ? [next, null] : each)))} onValue={(next) => set(values.map((each, at) => (at === index ? [name, next] : each)))} onRemove={() => set(values.filter((_, at) => at !== index))} />
          ))}
          <Button size="small" icon={<Plus size={14} />} disabled={free.length === 0} onClick={() => free[0] && set([...values, [free[0].api_name, null]])}>{t("button.addValue")}</Button>
          {errors["values"] && <span role="alert" className={styles["error"]}>{errors["values"]}</span>}
        </fieldset>
      )}
      <LocalizedRows zh={t("button.confirmZh")} en={t("button.confirmEn")} value={config.confirm ?? null} onChange={(confirm) => onChange({ ...config, confirm })} />
      <FormRow label={t("config.choiceColor")}>{({ id }) => <Choose id={id} value={config.color ?? "blue"} options={colours} clearable={false} onPick={(color) => onChange({ ...config, color: color as string })} />}</FormRow>
    </>
  );
}
