import { Button } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { codeFrom } from "@/ui/codes";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import type { Designed, UniqueTogether } from "../model";

/** Types whose values are not one column that can be compared, or are the same by themselves. */
const UNFIT = new Set(["button", "sub_table", "formula", "rollup", "lookup", "relation_many", "users", "departments", "multiple_choice", "tags", "json", "rich_text", "long_text", "encrypted", "address", "location", "polymorphic"]);

/** Fields that no two records may have alike all together. */
export function UniqueList({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const [picked, setPicked] = useState<string[] | null>(null);
  const list = type.design.unique_together;
  const label = (name: string) => say(type.fields.find((field) => field.api_name === name)?.label) || name;
  const fields = type.fields.filter((field) => !field.system && !UNFIT.has(field.type));
  const set = (next: UniqueTogether[]) => void edit({ kind: "update_object", object: type.api_name, set: { unique_together: next } }).then(() => setPicked(null), (error: unknown) => complain(error, t));
  return (
    <section className={styles["zone"]}>
      <div className={styles["tools"]}>
        <div><h3>{t("unique.title")}</h3><p className={styles["hint"]}>{t("unique.hint")}</p></div>
        {picked === null && <Button icon={<Plus size={14} />} onClick={() => setPicked([])}>{t("unique.add")}</Button>}
      </div>
      <ul aria-label={t("unique.title")}>
        {list.map((each) => {
          const name = each.fields.map(label).join(" + ");
          return <li key={each.key} className={styles["change"]}><p>{name}</p><IconButton label={t("unique.remove", { name })} onClick={() => set(list.filter((other) => other !== each))}><Trash2 size={14} /></IconButton></li>;
        })}
      </ul>
      {picked && (
        <div>
          <Choose many label={t("unique.fields")} value={picked} options={fields.map((field) => ({ value: field.api_name, text: say(field.label) }))} onPick={(next) => setPicked(Array.isArray(next) ? next : [])} />
          <span className={styles["buttons"]}>
            <Button onClick={() => setPicked(null)}>{t("action.cancel")}</Button>
            <Button type="primary" disabled={picked.length < 2} onClick={() => set([...list, { key: codeFrom(picked.join("_"), list.map((each) => each.key), "unique"), fields: picked }])}>{t("unique.save")}</Button>
          </span>
        </div>
      )}
    </section>
  );
}
