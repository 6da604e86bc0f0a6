import { useQueryClient } from "@tanstack/react-query";
import { Button, Input, Popconfirm, Segmented, Switch } from "antd";
import { useState } from "react";
import type { ShareAccess, SharingRule } from "@/api/access";
import { api, ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, newGroup, toFilter } from "@/features/base/filters/model";
import { principalKey, principalOf, PrincipalPicker } from "@/features/base/principals";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { accessKeys, useRoles } from "../access/read";
import settings from "../Settings.module.css";

const KINDS = ["user", "department", "position", "group", "role"] as const;

interface Draft {
  zh: string;
  en: string;
  object: string;
  access: ShareAccess;
  active: boolean;
}

/** Saves and removes; either acts from everybody's next request. */
function useRuleWrites(rule: SharingRule | null, onDone: () => void) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const run = async (write: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await write();
      await client.invalidateQueries({ queryKey: accessKeys.rules });
      onDone();
    } catch (error) {
      if (error instanceof ProblemError) setErrors(error.fields);
      complain(error, t);
      setBusy(false);
    }
  };
  const save = (body: object) => run(() => (rule ? api.put(`/sharing-rules/${rule.id}`, { ...body, version: rule.version }) : api.post("/sharing-rules", body)));
  return { busy, errors, save, remove: () => run(() => api.delete(`/sharing-rules/${rule?.id ?? ""}`)) };
}

export function RulePanel({ rule, onClose }: { rule: SharingRule | null; onClose: () => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const roles = useRoles().data ?? [];
  const { busy, errors, save, remove } = useRuleWrites(rule, onClose);
  const types = catalog.data.objects.filter((type) => type.kind !== "system");
  const [draft, setDraft] = useState<Draft>({ zh: rule?.name["zh-CN"] ?? "", en: rule?.name["en"] ?? "", object: rule?.object ?? types[0]?.api_name ?? "", access: rule?.access ?? "read", active: rule?.active ?? true });
  const [group, setGroup] = useState(() => fromFilter(rule?.condition));
  const [to, setTo] = useState(() => (rule?.principals ?? []).map(({ principal, label }) => principalOf(principal, label)));
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));
  const condition = toFilter(group, catalog.data.operators);
  const ready = Boolean(draft.zh.trim() || draft.en.trim()) && condition !== null && to.length > 0;
  const done = () => save({ object: draft.object, name: { "zh-CN": draft.zh || draft.en, en: draft.en || draft.zh }, condition, principals: to.map(principalKey), access: draft.access, active: draft.active });
  return (
    <Panel
      wide
      title={rule ? say(rule.name) : t("rules.new")}
      onClose={onClose}
      footer={
        <>
          {rule && <span style={{ marginRight: "auto" }}><Popconfirm title={t("rules.removeConfirm")} okText={t("action.delete")} cancelText={t("action.cancel")} onConfirm={remove}><Button danger type="text">{t("action.delete")}</Button></Popconfirm></span>}
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={!ready} onClick={() => void done()}>{t("action.save")}</Button>
        </>
      }
    >
      <div className={settings["pair"]}>
        <FormRow label={t("objects.labelZh")} error={errors["name"]}>{({ id }) => <Input id={id} value={draft.zh} onChange={(event) => set({ zh: event.target.value })} />}</FormRow>
        <FormRow label={t("objects.labelEn")}>{({ id }) => <Input id={id} value={draft.en} onChange={(event) => set({ en: event.target.value })} />}</FormRow>
      </div>
      <FormRow label={t("ask.object")} error={errors["object"]}>
        {({ id }) => (
          <Choose
            id={id} label={t("ask.object")} value={draft.object} clearable={false} options={types.map((type) => ({ value: type.api_name, text: say(type.label) }))}
            onPick={(next) => {
              set({ object: String(next) });
              if (next !== draft.object) setGroup(newGroup());
            }}
          />
        )}
      </FormRow>
      <FormRow label={t("rules.condition")} help={t("rules.conditionHint")} error={errors["condition"]}>{() => <FilterBuilder object={draft.object} group={group} onChange={setGroup} />}</FormRow>
      <FormRow label={t("share.with")} error={errors["principals"]}>{() => <PrincipalPicker kinds={KINDS} roles={roles} value={to} onChange={setTo} />}</FormRow>
      <div className={settings["pair"]}>
        <FormRow label={t("share.access")}>{() => <span><Segmented aria-label={t("share.access")} value={draft.access} options={[{ value: "read", label: t("why.read") }, { value: "edit", label: t("why.edit") }]} onChange={(next) => set({ access: next as ShareAccess })} /></span>}</FormRow>
        <FormRow label={t("rules.active")}>{({ id }) => <span><Switch id={id} checked={draft.active} onChange={(active) => set({ active })} /></span>}</FormRow>
      </div>
    </Panel>
  );
}
