import { Button, Input } from "antd";
import { useState } from "react";
import type { ColumnMapping, ImportColumn } from "@/api/imports";
import type { Field } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import styles from "./Import.module.css";
import { mappableValues } from "./mapping";

interface Props {
  column: ImportColumn;
  field: Field;
  mapping: ColumnMapping;
  onSave: (values: Record<string, string>) => void;
  onClose: () => void;
}

/** What a value of the file becomes: a choice picked from the list, or another spelling for a related record. */
export function ValueMap({ column, field, mapping, onSave, onClose }: Props) {
  const { t, say } = useSpeech();
  const [values, setValues] = useState<Record<string, string>>(mapping.values ?? {});
  const choices = (field.config.choices ?? []).filter((choice) => !choice.archived).map((choice) => ({ value: choice.key, text: say(choice.label) }));
  const set = (from: string, to: string | null) => {
    const next = { ...values };
    if (to) next[from] = to;
    else delete next[from];
    setValues(next);
  };
  return (
    <Panel
      wide
      title={t("import.valuesTitle", { name: column.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" onClick={() => { onSave(values); onClose(); }}>{t("action.apply")}</Button>
        </>
      }
    >
      <p className={styles["muted"]} style={{ marginBottom: 12 }}>{t("import.valuesHint")}</p>
      {mappableValues(column).map(({ value, count }) => (
        <div key={value} className={styles["valueRow"]}>
          <span>{value}</span>
          <span className={styles["muted"]}>{t("import.valueCount", { n: count })}</span>
          {choices.length > 0 ? (
            <Choose label={value} value={values[value] ?? null} options={choices} onPick={(next) => set(value, next as string | null)} />
          ) : (
            <Input aria-label={value} value={values[value] ?? ""} placeholder={value} onChange={(event) => set(value, event.target.value || null)} />
          )}
        </div>
      ))}
    </Panel>
  );
}
