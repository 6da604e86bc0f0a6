import { Button, Checkbox, Input } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ChecklistItem, ObjectType, Pipeline, Stage } from "@/api/types";
import { stageChoices } from "@/features/base/stages";
import { ConditionRow } from "../fields/Condition";
import { LocalizedRows, PickRow, TextRow, WholeRow } from "@/fields/parts/ConfigRows";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { codeFrom } from "@/ui/codes";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { Panel } from "@/ui/Panel";
import styles from "@/features/base/Pipelines.module.css";

interface Props {
  type: ObjectType;
  pipeline: Pipeline;
  stage: Stage;
  onClose: () => void;
  onSave: (stage: Stage) => void;
}
const list = (next: unknown): string[] => (Array.isArray(next) ? (next as string[]) : []);

function Checklist({ items, onChange }: { items: ChecklistItem[]; onChange: (items: ChecklistItem[]) => void }) {
  const { t } = useSpeech();
  const set = (index: number, change: Partial<ChecklistItem>) => onChange(items.map((item, at) => (at === index ? { ...item, ...change } : item)));
  const add = () => onChange([...items, { key: codeFrom("", items.map((item) => item.key), "item"), label: {}, required: false }]);
  return (
    <FormRow label={t("pipelines.set.checklist")}>
      {() => (
        <div>
          <ul className={styles["items"]}>
            {items.map((item, index) => (
              <li key={item.key}>
                <Input aria-label={t("pipelines.set.itemZh")} placeholder={t("pipelines.set.itemZh")} value={item.label["zh-CN"] ?? ""} onChange={(event) => set(index, { label: { ...item.label, "zh-CN": event.target.value } })} />
                <Input aria-label={t("pipelines.set.itemEn")} placeholder={t("pipelines.set.itemEn")} value={item.label["en"] ?? ""} onChange={(event) => set(index, { label: { ...item.label, en: event.target.value } })} />
                <Checkbox checked={item.required} onChange={(event) => set(index, { required: event.target.checked })}>{t("pipelines.must")}</Checkbox>
                <IconButton label={t("pipelines.set.removeItem")} onClick={() => onChange(items.filter((_, at) => at !== index))}><Trash2 size={14} /></IconButton>
              </li>
            ))}
          </ul>
          <Button size="small" icon={<Plus size={13} />} onClick={add}>{t("pipelines.set.addItem")}</Button>
        </div>
      )}
    </FormRow>
  );
}

/** Everything one stage says and asks. */
export function StageEditor({ type, pipeline, stage, onClose, onSave }: Props) {
  const { t, say } = useSpeech();
  const [draft, setDraft] = useState(stage);
  const set = (change: Partial<Stage>) => setDraft((old) => ({ ...old, ...change }));
  const label = (key: string) => say(stageChoices(type).find((choice) => choice.key === key)?.label) || key;
  const categories = type.fields.find((field) => field.api_name === "forecast_category")?.config.choices ?? [];
  const fields = type.fields.filter((field) => !field.system && !["button", "sub_table"].includes(field.type)).map((field) => ({ value: field.api_name, text: say(field.label) }));
  const others = pipeline.stages.filter((each) => each.key !== stage.key).map((each) => ({ value: each.key, text: label(each.key) }));
  const kept = () => ({ ...draft, checklist: draft.checklist.map((item) => ({ ...item, label: Object.fromEntries(Object.entries(item.label).filter(([, text]) => text?.trim())) })).filter((item) => Object.keys(item.label).length > 0) });
  return (
    <Panel wide title={t("pipelines.set.editStage", { name: label(stage.key) })} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" onClick={() => onSave(kept())}>{t("action.save")}</Button></>}>
      <div className={styles["pair"]}>
        <TextRow label={t("pipelines.set.probability")} numeric value={draft.probability === null ? null : String(draft.probability)} onChange={(probability) => set({ probability })} />
        <WholeRow label={t("pipelines.set.rot")} value={draft.rot_days} onChange={(rot_days) => set({ rot_days })} />
      </div>
      {categories.length > 0 && <PickRow clearable label={t("pipelines.set.category")} value={draft.forecast_category} options={categories.map((choice) => ({ value: choice.key, text: say(choice.label) }))} onChange={(forecast_category) => set({ forecast_category })} />}
      <FormRow label={t("pipelines.set.required")} help={t("pipelines.set.requiredHelp")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={draft.required} options={fields} onPick={(next) => set({ required: list(next) })} />}</FormRow>
      <Checklist items={draft.checklist} onChange={(checklist) => set({ checklist })} />
      <LocalizedRows zh={t("pipelines.set.guidanceZh")} en={t("pipelines.set.guidanceEn")} value={draft.guidance} onChange={(guidance) => set({ guidance })} />
      <ConditionRow label={t("pipelines.set.entry")} object={type.api_name} value={draft.entry} onChange={(entry) => set({ entry })} />
      <ConditionRow label={t("pipelines.set.exit")} object={type.api_name} value={draft.exit} onChange={(exit) => set({ exit })} />
      <FormRow label={t("pipelines.set.next")} help={t("pipelines.set.nextHelp")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={draft.next} options={others} onPick={(next) => set({ next: list(next) })} />}</FormRow>
    </Panel>
  );
}
