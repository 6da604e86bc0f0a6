import { Button } from "antd";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Tag } from "@/ui/Tag";
import styles from "./Duplicates.module.css";
import type { MergePreview } from "./model";

const ALL = "all";

interface Props {
  type: ObjectType;
  preview: MergePreview;
  survivor: string;
  choices: Record<string, string>;
  differing: boolean;
  onSurvivor: (id: string) => void;
  onChoose: (field: string, id: string) => void;
}

/** One row per field, one column per record; the chosen value is marked. */
export function MergeFields({ type, preview, survivor, choices, differing, onSurvivor, onChoose }: Props) {
  const catalog = useCatalog();
  const speech = useSpeech();
  const { t, say } = speech;
  const rows = preview.fields.filter((each) => !differing || each.differs);
  const text = (name: string, value: unknown) => {
    const field = catalog.field(type.api_name, name);
    return field ? fieldUi(field).text(value, field, speech) : "";
  };
  return (
    <div className={styles["wrap"]}>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th>{t("dup.field")}</th>
            {preview.records.map((record) => (
              <th key={record.id}><div className={styles["name"]}>{record.title}</div>{record.id === survivor ? <Tag color="green">{t("dup.stays")}</Tag> : <Button size="small" onClick={() => onSurvivor(record.id)}>{t("dup.keepThis")}</Button>}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((each) => {
            const chosen = choices[each.field] ?? each.chosen;
            const label = say(catalog.field(type.api_name, each.field)?.label) || each.field;
            return (
              <tr key={each.field} role="radiogroup" aria-label={label}>
                <td>{label}{each.many && <div><button type="button" role="radio" aria-checked={chosen === ALL} className={styles["cell"]} onClick={() => onChoose(each.field, ALL)}>{t("dup.together")}</button></div>}</td>
                {preview.records.map((record) => (
                  <td key={record.id}><button type="button" role="radio" aria-checked={chosen === record.id || chosen === ALL} className={styles["cell"]} onClick={() => onChoose(each.field, record.id)}>{text(each.field, each.values[record.id]) || "—"}</button></td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
