import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { Plus, Settings2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Localized } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { codeFrom } from "@/ui/codes";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import build from "../Build.module.css";
import { bothLanguages, type Designed, type Layout, type NamedLayout } from "../model";

const OWN = "-own-";
const list = (value: string | string[] | null): string[] => (Array.isArray(value) ? value : []);

interface ForProps {
  type: Designed;
  layout: NamedLayout;
  fresh: boolean;
  onSave: (layout: NamedLayout) => Promise<void>;
  onRemove: () => Promise<void>;
  onClose: () => void;
}

/** For whom a layout is: roles, record types; the first that fits is taken. */
function ForPanel({ type, layout, fresh, onSave, onRemove, onClose }: ForProps) {
  const { t, say } = useSpeech();
  const roles = useQuery({ queryKey: ["access", "roles"], queryFn: () => api.get<{ roles: { key: string; label: Localized }[] }>("/roles"), select: (found) => found.roles, retry: false });
  const [draft, setDraft] = useState({ zh: layout.label["zh-CN"] ?? "", en: layout.label["en"] ?? "", roles: layout.roles, types: layout.record_types });
  const set = (change: Partial<typeof draft>) => setDraft((old) => ({ ...old, ...change }));
  const kinds = type.fields.find((field) => field.api_name === type.design.record_type_field)?.config.choices ?? [];
  const known = (roles.data ?? []).map((role) => ({ value: role.key, text: say(role.label) }));
  const named = Boolean(draft.zh.trim() || draft.en.trim());
  const save = () => void onSave({ ...layout, label: bothLanguages(draft.zh, draft.en), roles: draft.roles, record_types: draft.types }).then(onClose, () => undefined);
  return (
    <Panel
      title={t(fresh ? "layout.new" : "layout.forWhom")}
      onClose={onClose}
      footer={
        <>
          {!fresh && <Button danger type="text" className={build["left"]} onClick={() => void onRemove().then(onClose, () => undefined)}>{t("layout.remove")}</Button>}
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" disabled={!named} onClick={save}>{t("action.save")}</Button>
        </>
      }
    >
      <FormRow label={t("objects.labelZh")}>{({ id }) => <Input id={id} maxLength={80} value={draft.zh} onChange={(event) => set({ zh: event.target.value })} />}</FormRow>
      <FormRow label={t("objects.labelEn")}>{({ id }) => <Input id={id} maxLength={80} value={draft.en} onChange={(event) => set({ en: event.target.value })} />}</FormRow>
      <FormRow label={t("layout.roles")} help={t("layout.rolesHelp")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={draft.roles} options={known} onPick={(next) => set({ roles: list(next) })} />}</FormRow>
      <FormRow label={t("layout.types")} help={t(kinds.length ? "layout.typesHelp" : "layout.noTypes")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many value={draft.types} options={kinds.map((choice) => ({ value: choice.key, text: say(choice.label) || choice.key }))} onPick={(next) => set({ types: list(next) })} />}</FormRow>
    </Panel>
  );
}

interface Props {
  type: Designed;
  current: NamedLayout | null;
  layout: Layout;
  onPick: (key: string | null) => void;
  onLayouts: (layouts: NamedLayout[]) => Promise<void>;
}

/** Which layout is shaped, and for whom it is. */
export function LayoutChooser({ type, current, layout, onPick, onLayouts }: Props) {
  const { t, say } = useSpeech();
  const [editing, setEditing] = useState<NamedLayout | null>(null);
  const all = type.design.layouts;
  const fresh = Boolean(editing && !all.some((each) => each.key === editing.key));
  const begin = () => setEditing({ key: "", label: {}, roles: [], record_types: [], layout });
  const save = async (next: NamedLayout) => {
    const key = next.key || codeFrom(next.label["en"] ?? "", all.map((each) => each.key), "layout");
    await onLayouts(fresh ? [...all, { ...next, key }] : all.map((each) => (each.key === key ? next : each)));
    onPick(key);
  };
  const remove = async () => {
    await onLayouts(all.filter((each) => each.key !== editing?.key));
    onPick(null);
  };
  return (
    <div className={build["tools"]}>
      <div className={build["choose"]}><Choose label={t("layout.choose")} clearable={false} value={current?.key ?? OWN} options={[{ value: OWN, text: t("layout.own") }, ...all.map((each) => ({ value: each.key, text: say(each.label) }))]} onPick={(next) => onPick(next === OWN ? null : String(next))} /></div>
      {current && <Button icon={<Settings2 size={14} />} onClick={() => setEditing(current)}>{t("layout.forWhom")}</Button>}
      <Button icon={<Plus size={14} />} onClick={begin}>{t("layout.new")}</Button>
      {editing && <ForPanel type={type} layout={editing} fresh={fresh} onSave={save} onRemove={remove} onClose={() => setEditing(null)} />}
    </div>
  );
}
