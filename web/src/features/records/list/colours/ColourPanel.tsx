import { Button } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ColorRule, ObjectType } from "@/api/types";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, newGroup, toFilter, type Group } from "@/features/base/filters/model";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { categories } from "@/tokens/theme";
import { IconButton } from "@/ui/IconButton";
import { Panel } from "@/ui/Panel";
import { Dot } from "@/ui/Tag";
import styles from "./Colours.module.css";

interface Draft {
  id: number;
  group: Group;
  color: string;
  field: string | null;
}

interface Props {
  type: ObjectType;
  rules: readonly ColorRule[];
  onSave: (rules: ColorRule[]) => void;
  onClose: () => void;
}

let next = 0;
const MOST = 20;

/** Which records stand on which colour; the first rule that holds is taken. */
export default function ColourPanel({ type, rules, onSave, onClose }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const [drafts, setDrafts] = useState<Draft[]>(() => rules.map((rule) => ({ id: next++, group: fromFilter(rule.where), color: rule.color, field: rule.field ?? null })));
  const change = (id: number, part: Partial<Draft>) => setDrafts((old) => old.map((draft) => (draft.id === id ? { ...draft, ...part } : draft)));
  const save = () => {
    onSave(drafts.flatMap(({ group, color, field }) => {
      const where = toFilter(group, catalog.data.operators);
      return where ? [{ where, color, field }] : [];
    }));
    onClose();
  };
  const scopes = [{ value: "", text: t("grid.colourRow") }, ...type.fields.filter((field) => !fieldUi(field).virtual).map((field) => ({ value: field.api_name, text: t("grid.colourCell", { name: say(field.label) }) }))];
  return (
    <Panel
      title={t("grid.colours")}
      wide
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" onClick={save}>{t("action.apply")}</Button></>}
    >
      {drafts.map((draft, index) => (
        <section key={draft.id} className={styles["rule"]} aria-label={t("grid.colourRule", { n: index + 1 })}>
          <div className={styles["head"]}>
            <Choose label={t("grid.colour")} clearable={false} value={draft.color} options={categories.map((color) => ({ value: color, text: t(`grid.colour.${color}`), node: <span className={styles["swatch"]}><Dot color={color} />{t(`grid.colour.${color}`)}</span> }))} onPick={(color) => change(draft.id, { color: String(color) })} />
            <Choose label={t("grid.colourScope")} clearable={false} value={draft.field ?? ""} options={scopes} onPick={(field) => change(draft.id, { field: (field as string) || null })} />
            <IconButton label={t("grid.colourRemove", { n: index + 1 })} onClick={() => setDrafts((old) => old.filter((each) => each.id !== draft.id))}><Trash2 size={14} /></IconButton>
          </div>
          <FilterBuilder object={type.api_name} own group={draft.group} onChange={(group) => change(draft.id, { group })} />
        </section>
      ))}
      {drafts.length < MOST && <Button icon={<Plus size={14} />} onClick={() => setDrafts((old) => [...old, { id: next++, group: newGroup(), color: "green", field: null }])}>{t("grid.colourAdd")}</Button>}
      <p className={styles["note"]}>{t("grid.coloursHint")}</p>
    </Panel>
  );
}
