import { Button, Input, InputNumber, Popconfirm, Switch } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, toFilter } from "@/features/base/filters/model";
import { Choose } from "@/fields/parts/Choose";
import { useCandidates } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import styles from "./Grading.module.css";
import { useRefresh, type GradingRule } from "./read";

interface Draft { name: string; field: string; value: string; days: number | null; position: number; active: boolean; owner: string | null }
interface Counts { matching: number; changed: number; kept: number }

const settable = (type: ObjectType): Field[] => type.fields.filter((field) => !field.system && !field.computed && (field.type === "tags" || field.type === "single_choice" || (field.type === "relation" && field.config.target === "territory")));

/** The value in the way its field is chosen: a choice, a record, or a word. */
function ValueInput({ id, field, value, onChange }: { id: string; field: Field | undefined; value: string; onChange: (value: string) => void }) {
  const { t, say } = useSpeech();
  const [typed, setTyped] = useState("");
  const target = field?.type === "relation" ? field.config.target : undefined;
  const { options, loading } = useCandidates(target, typed, Boolean(target));
  if (field?.type === "single_choice") return <Choose id={id} label={t("grading.value")} clearable={false} value={value || null} options={(field.config.choices ?? []).map((choice) => ({ value: choice.key, text: say(choice.label) }))} onPick={(next) => onChange(String(next ?? ""))} />;
  if (target) return <Choose id={id} label={t("grading.value")} clearable={false} value={value || null} options={options} onSearch={setTyped} loading={loading} onPick={(next) => onChange(String(next ?? ""))} />;
  return <Input id={id} maxLength={40} value={value} onChange={(event) => onChange(event.target.value)} />;
}

function useWrites(rule: GradingRule | null, onClose: () => void) {
  const { t } = useSpeech();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const run = async (write: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await write();
      await refresh();
      onClose();
    } catch (error) {
      if (error instanceof ProblemError) setErrors(error.fields);
      complain(error, t);
      setBusy(false);
    }
  };
  return {
    busy, errors,
    save: (body: object, object: string) => run(() => (rule ? api.put(`/grading/rules/${rule.id}`, { ...body, version: rule.version }) : api.post("/grading/rules", { ...body, object }))),
    remove: () => run(() => api.delete(`/grading/rules/${rule?.id ?? ""}`)),
  };
}

export function RulePanel({ type, rule, last, onClose }: { type: ObjectType; rule: GradingRule | null; last: number; onClose: () => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const { busy, errors, save, remove } = useWrites(rule, onClose);
  const fields = settable(type);
  const [draft, setDraft] = useState<Draft>({ name: rule?.name ?? "", field: rule?.field ?? fields[0]?.api_name ?? "", value: rule?.value ?? "", days: rule?.days ?? null, position: rule?.position ?? last + 10, active: rule?.active ?? false, owner: rule?.owner?.id ?? null });
  const [group, setGroup] = useState(() => fromFilter(rule?.condition));
  const [counts, setCounts] = useState<Counts | null>(null);
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));
  const condition = toFilter(group, catalog.data.operators);
  const ready = Boolean(draft.name.trim() && draft.value.trim() && draft.field) && condition !== null;
  const preview = async () => {
    try {
      setCounts(await api.post<Counts>("/grading/preview", { object: type.api_name, condition, field: draft.field, value: draft.value.trim() }));
    } catch (error) {
      complain(error, t);
    }
  };
  return (
    <Panel
      wide
      title={rule ? rule.name : t("grading.new")}
      onClose={onClose}
      footer={
        <>
          {rule && <span style={{ marginRight: "auto" }}><Popconfirm title={t("grading.removeConfirm")} okText={t("action.delete")} cancelText={t("action.cancel")} onConfirm={remove}><Button danger type="text">{t("action.delete")}</Button></Popconfirm></span>}
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={!ready} onClick={() => void save({ ...draft, name: draft.name.trim(), value: draft.value.trim(), condition }, type.api_name)}>{t("action.save")}</Button>
        </>
      }
    >
      <FormRow label={t("grading.name")} error={errors["name"]}>{({ id }) => <Input id={id} maxLength={80} value={draft.name} onChange={(event) => set({ name: event.target.value })} />}</FormRow>
      <FormRow label={t("grading.condition")} error={errors["condition"]}>{() => <FilterBuilder object={type.api_name} group={group} onChange={setGroup} />}</FormRow>
      <div className={styles["pair"]}>
        <FormRow label={t("grading.field")} error={errors["field"]}>{({ id }) => <Choose id={id} label={t("grading.field")} clearable={false} value={draft.field} options={fields.map((field) => ({ value: field.api_name, text: say(field.label) }))} onPick={(field) => set({ field: String(field), value: "" })} />}</FormRow>
        <FormRow label={t("grading.value")} error={errors["value"]}>{({ id }) => <ValueInput key={draft.field} id={id} field={fields.find((field) => field.api_name === draft.field)} value={draft.value} onChange={(value) => set({ value })} />}</FormRow>
        <FormRow label={t("grading.days")} help={t("grading.daysHint")}>{({ id }) => <InputNumber id={id} min={1} max={3650} precision={0} style={{ width: "100%" }} value={draft.days} onChange={(days) => set({ days })} />}</FormRow>
        <FormRow label={t("grading.position")} help={t("grading.positionHint")}>{({ id }) => <InputNumber id={id} min={0} max={10_000} precision={0} style={{ width: "100%" }} value={draft.position} onChange={(position) => set({ position: position ?? 0 })} />}</FormRow>
        <FormRow label={t("grading.active")}>{({ id }) => <span><Switch id={id} checked={draft.active} onChange={(active) => set({ active })} /></span>}</FormRow>
      </div>
      <div className={styles["preview"]}>
        <Button disabled={!ready} onClick={() => void preview()}>{t("grading.preview")}</Button>
        {counts && <span data-testid="grading-preview">{t("grading.previewed", { ...counts })}</span>}
      </div>
    </Panel>
  );
}
