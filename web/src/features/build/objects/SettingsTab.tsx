import { useNavigate } from "@tanstack/react-router";
import { Button, Input, Popconfirm } from "antd";
import { useState } from "react";
import { Choose, type Option } from "@/fields/parts/Choose";
import { PickRow, SwitchRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { errorsByPart } from "../errors";
import { bothLanguages, type Designed } from "../model";
import { UsesOf } from "../usage/Uses";
import { FacePicker } from "./Face";

const start = (type: Designed) => ({
  zh: type.label["zh-CN"] ?? "", en: type.label["en"] ?? "", pluralZh: type.label_plural["zh-CN"] ?? "", pluralEn: type.label_plural["en"] ?? "", icon: type.icon, color: type.color,
  in_navigation: type.in_navigation, searchable: type.design.searchable, title_field: type.title_field, subtitle_field: type.design.subtitle_field, board_field: type.design.board_field,
  board_sum_field: type.design.board_sum_field, record_type_field: type.design.record_type_field, quick_create: type.design.quick_create,
});
type Form = ReturnType<typeof start>;

/** Only what differs is sent, so that two people who change different settings do not meet. */
function changesOf(before: Form, after: Form): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  if (after.zh !== before.zh || after.en !== before.en) changes["label"] = bothLanguages(after.zh, after.en);
  if (after.pluralZh !== before.pluralZh || after.pluralEn !== before.pluralEn) changes["label_plural"] = bothLanguages(after.pluralZh, after.pluralEn);
  for (const name of ["icon", "color", "in_navigation", "searchable", "title_field", "subtitle_field", "board_field", "board_sum_field", "record_type_field"] as const) if (after[name] !== before[name]) changes[name] = after[name];
  if (after.quick_create.join() !== before.quick_create.join()) changes["quick_create"] = after.quick_create;
  return changes;
}

function Removal({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const { edit } = useDraft();
  const remove = async () => {
    try {
      await edit({ kind: "remove_object", object: type.api_name });
      await navigate({ to: "/settings/objects" });
    } catch (error) {
      complain(error, t);
    }
  };
  return (
    <section className={styles["zone"]}>
      <h3>{t("use.title")}</h3>
      <UsesOf object={type.api_name} />
      {type.kind === "custom" && (
        <>
          <h3>{t("objects.remove")}</h3>
          <p className={styles["hint"]}>{t("objects.removeHint")}</p>
          <Popconfirm title={t("objects.removeSure", { name: say(type.label) })} okText={t("objects.remove")} cancelText={t("action.cancel")} onConfirm={remove}>
            <Button danger size="small">{t("objects.remove")}</Button>
          </Popconfirm>
        </>
      )}
    </section>
  );
}

/** What the object is called, how it looks, and which of its fields stand for it; begins anew when that changes, as by undoing. */
export function SettingsTab({ type }: { type: Designed }) {
  return <SettingsForm key={JSON.stringify(start(type))} type={type} />;
}

function SettingsForm({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const before = start(type);
  const [form, setForm] = useState(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Form>) => setForm((old) => ({ ...old, ...change }));
  const changes = changesOf(before, form);
  const own = type.fields.filter((field) => !field.system);
  const options = (accept: (kind: string) => boolean): Option[] => own.filter((field) => accept(field.type)).map((field) => ({ value: field.api_name, text: say(field.label) }));
  const choices = options((kind) => kind === "single_choice");
  const save = async () => {
    setBusy(true);
    setErrors({});
    try {
      await edit({ kind: "update_object", object: type.api_name, set: changes });
    } catch (error) {
      setErrors(errorsByPart(error));
      complain(error, t);
    }
    setBusy(false);
  };
  return (
    <div className={styles["form"]}>
      <div className={styles["pair"]}>
        <FormRow label={t("objects.labelZh")} error={errors["label"]}>{({ id }) => <Input id={id} value={form.zh} onChange={(event) => set({ zh: event.target.value })} />}</FormRow>
        <FormRow label={t("objects.labelEn")}>{({ id }) => <Input id={id} value={form.en} onChange={(event) => set({ en: event.target.value })} />}</FormRow>
        <FormRow label={t("objects.pluralZh")}>{({ id }) => <Input id={id} value={form.pluralZh} onChange={(event) => set({ pluralZh: event.target.value })} />}</FormRow>
        <FormRow label={t("objects.pluralEn")}>{({ id }) => <Input id={id} value={form.pluralEn} onChange={(event) => set({ pluralEn: event.target.value })} />}</FormRow>
      </div>
      <FacePicker icon={form.icon} color={form.color} onChange={set} />
      <div className={styles["pair"]}>
        <SwitchRow label={t("setting.in_navigation")} value={form.in_navigation} onChange={(in_navigation) => set({ in_navigation })} />
        <SwitchRow label={t("setting.searchable")} value={form.searchable} onChange={(searchable) => set({ searchable })} />
        <PickRow label={t("setting.title_field")} value={form.title_field} options={options((kind) => ["text", "autonumber", "email", "phone", "url", "formula"].includes(kind))} error={errors["title_field"]} onChange={(next) => set({ title_field: next ?? form.title_field })} />
        <PickRow label={t("setting.subtitle_field")} clearable value={form.subtitle_field} options={options(() => true)} error={errors["subtitle_field"]} onChange={(subtitle_field) => set({ subtitle_field })} />
        <PickRow label={t("setting.board_field")} clearable value={form.board_field} options={choices} error={errors["board_field"]} onChange={(board_field) => set({ board_field })} />
        <PickRow label={t("setting.board_sum_field")} clearable value={form.board_sum_field} options={options((kind) => ["number", "currency", "percent", "formula", "rollup"].includes(kind))} error={errors["board_sum_field"]} onChange={(board_sum_field) => set({ board_sum_field })} />
        <PickRow label={t("setting.record_type_field")} help={t("objects.recordTypeHelp")} clearable value={form.record_type_field} options={choices} error={errors["record_type_field"]} onChange={(record_type_field) => set({ record_type_field })} />
        <FormRow label={t("setting.quick_create")}>{({ id }) => <Choose id={id} many value={form.quick_create} options={options((kind) => !["formula", "rollup", "lookup", "button", "sub_table", "autonumber"].includes(kind))} onPick={(next) => set({ quick_create: Array.isArray(next) ? next : [] })} />}</FormRow>
      </div>
      <Button type="primary" loading={busy} disabled={Object.keys(changes).length === 0} onClick={() => void save()}>{t("draft.add")}</Button>
      <Removal type={type} />
    </div>
  );
}
