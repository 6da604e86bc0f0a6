import { Button } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ColumnMapping, ImportColumn } from "@/api/imports";
import type { ObjectType } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import styles from "./Import.module.css";
import { DATE_FORMATS, importable, mapColumn, mappableValues } from "./mapping";
import { ValueMap } from "./ValueMap";

interface Props {
  type: ObjectType;
  column: ImportColumn;
  mapping: ColumnMapping | undefined;
  onChange: (next: ColumnMapping | null) => void;
}

/** What a relation, choice or date column may ask further. */
function Options({ type, column, mapping, onChange }: Props & { mapping: ColumnMapping }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const [mappingValues, setMappingValues] = useState(false);
  const field = catalog.field(type.api_name, mapping.field);
  if (!field) return null;
  const target = catalog.object(catalog.reached(field) ?? "");
  const isChoice = field.type === "single_choice" || field.type === "multiple_choice";
  const isDate = field.type === "date" || field.type === "datetime";
  const values = mappableValues(column);
  const matchable = (target?.fields ?? []).filter((each) => !each.system && ["text", "email", "phone", "autonumber"].includes(each.type));
  return (
    <div className={styles["options"]}>
      {target && <div className={styles["pick"]}><Choose label={t("import.matchBy")} value={mapping.match_by ?? target.title_field} clearable={false} options={matchable.map((each) => ({ value: each.api_name, text: `${say(target.label)} · ${say(each.label)}` }))} onPick={(next) => onChange({ ...mapping, match_by: String(next) })} /></div>}
      {target?.permissions.create && <label><input type="checkbox" checked={mapping.create_missing ?? false} onChange={(event) => onChange({ ...mapping, create_missing: event.target.checked })} />{t("import.createMissing", { label: say(target.label) })}</label>}
      {isChoice && <label><input type="checkbox" checked={mapping.create_choices ?? false} onChange={(event) => onChange({ ...mapping, create_choices: event.target.checked })} />{t("import.createChoices")}</label>}
      {isDate && <div className={styles["pick"]}><Choose label={t("import.dateFormat")} value={mapping.format ?? null} placeholder={t("import.dateAuto")} options={DATE_FORMATS} onPick={(next) => { const { format: _old, ...rest } = mapping; onChange(next ? { ...rest, format: next as string } : rest); }} /></div>}
      {(isChoice || target) && values.length > 0 && <Button size="small" type="link" style={{ padding: 0 }} onClick={() => setMappingValues(true)}>{t("import.values", { n: values.length })}</Button>}
      {mappingValues && <ValueMap column={column} field={field} mapping={mapping} onClose={() => setMappingValues(false)} onSave={(next) => { const { values: _old, ...rest } = mapping; onChange(Object.keys(next).length ? { ...rest, values: next } : rest); }} />}
    </div>
  );
}

/** One column of the file and the field it fills. */
export function ColumnRow(props: Props) {
  const { type, column, mapping, onChange } = props;
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const options = importable(type).map((field) => {
    const { icon: Icon } = fieldUi(field);
    const text = say(field.label) + (field.required ? " *" : "");
    return { value: field.api_name, text, node: <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}><Icon size={13} aria-hidden />{text}</span> };
  });
  const suggested = column.suggestion && column.suggestion.field === mapping?.field ? column.suggestion : null;
  const reason = suggested && ["same_name", "synonym", "content"].includes(suggested.reason) ? t(`import.reason.${suggested.reason as "same_name" | "synonym" | "content"}`) : "";
  return (
    <tr>
      <td>
        <strong style={{ fontWeight: 500 }}>{column.name}</strong>
        <div className={styles["samples"]} title={column.samples.join(t("list.comma"))}>{t("import.filled", { n: Math.round(Number(column.fill_rate) * 100) })} · {column.samples.join(t("list.comma"))}</div>
      </td>
      <td>
        <div className={styles["pick"]}>
          <Choose label={`${column.name} → ${t("import.field")}`} value={mapping?.field ?? null} placeholder={t("import.skip")} options={options} onPick={(next) => onChange(next ? mapColumn(catalog, type.api_name, column.index, String(next)) : null)} />
          {suggested && <span className={styles["reason"]}>{[`${Math.round(Number(suggested.confidence) * 100)}%`, reason].filter(Boolean).join(" · ")}</span>}
        </div>
      </td>
      <td>{mapping && <Options {...props} mapping={mapping} />}</td>
    </tr>
  );
}
