import { Button, Input } from "antd";
import { useState } from "react";
import type { ObjectType } from "@/api/types";
import { useFieldOptions, usePathLabel } from "@/features/base/fieldOptions";
import { useSpeech } from "@/messages";
import styles from "./List.module.css";

interface Props {
  type: ObjectType;
  columns: string[];
  onChange: (columns: string[]) => void;
}

const any = () => true;

/** Which columns show: ticked ones first in their order, then the rest, with a search for long objects. */
export function ColumnPicker({ type, columns, onChange }: Props) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const label = usePathLabel();
  const options = useFieldOptions(type.api_name, any);
  const rest = options.filter((option) => !columns.includes(option.value));
  const all = [...columns.map((path) => ({ value: path, text: label(type.api_name, path) })), ...rest];
  const shown = all.filter((option) => option.text.toLowerCase().includes(typed.toLowerCase()));
  const toggle = (path: string) => onChange(columns.includes(path) ? columns.filter((column) => column !== path) : [...columns, path]);
  return (
    <>
      <Input size="small" allowClear value={typed} placeholder={t("value.searchPlaceholder")} aria-label={t("list.columns")} onChange={(event) => setTyped(event.target.value)} />
      <ul className={styles["columnList"]}>
        {shown.map((option) => (
          <li key={option.value}>
            <label className={styles["columnItem"]}>
              <input type="checkbox" checked={columns.includes(option.value)} disabled={columns[0] === option.value} onChange={() => toggle(option.value)} />
              {option.text}
            </label>
          </li>
        ))}
        {shown.length === 0 && <li className={styles["muted"]}>{t("state.emptySearch")}</li>}
      </ul>
      <p className={styles["muted"]}>{t("list.columnsHint")}</p>
      {typed && <Button size="small" type="text" onClick={() => setTyped("")}>{t("action.clear")}</Button>}
    </>
  );
}
