import { Button, Input, Switch } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ChangeSet, Field, ObjectType } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { errorsByPart } from "./AddField";
import { useModelChanges, type Operation } from "./changes";
import { configOf, startConfig, TypeConfig, type FieldDraft } from "./FieldForm";
import { Impact } from "./Impact";
import styles from "./Settings.module.css";

interface Props {
  type: ObjectType;
  field: Field;
  onClose: () => void;
}

function useDraft(field: Field) {
  return useState<FieldDraft>({ zh: field.label["zh-CN"] ?? "", en: field.label["en"] ?? "", code: field.api_name, type: field.type, required: field.required, unique: field.unique, config: field.config });
}

/** Label and rules at once; type and removal only after their effect has been shown in numbers. */
export function EditField({ type, field, onClose }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const changes = useModelChanges();
  const [draft, setDraft] = useDraft(field);
  const [impact, setImpact] = useState<{ change: ChangeSet; operations: Operation[]; verb: string } | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const name = say(field.label);
  const at = { object: type.api_name, field: field.api_name };
  const conversions = Object.entries(catalog.fieldType(field.type)?.conversions ?? {});
  const update = (change: Partial<FieldDraft>) => {
    setDraft((old) => ({ ...old, ...change }));
    setImpact(null);
  };

  const attempt = async (run: () => Promise<void>) => {
    setBusy(true);
    setErrors({});
    try {
      await run();
    } catch (error) {
      setErrors(errorsByPart(error));
      complain(error, t);
    }
    setBusy(false);
  };
  const preview = (operations: Operation[], verb: string) => void attempt(async () => setImpact({ operations, verb, change: await changes.preview(operations) }));
  const apply = (operations: Operation[]) =>
    void attempt(async () => {
      const change = await changes.apply(operations);
      toast(t("fields.saved"), { action: { label: t("action.undo"), run: () => void changes.revert(change.id).catch((error: unknown) => complain(error, t)) } });
      onClose();
    });
  const configured = draft.config === field.config ? {} : { config: configOf(draft) };
  const saveRules = () => apply([{ kind: "update_field", ...at, set: { label: { ...field.label, "zh-CN": draft.zh, en: draft.en }, required: draft.required, unique: draft.unique, ...configured } }]);
  const retyped = draft.type !== field.type;
  const options = [{ value: field.type, text: t("fields.retypeKeep") }, ...conversions.map(([key, loss]) => ({ value: key, text: `${say(catalog.fieldType(key)?.label)} · ${t(loss === "lossless" ? "fields.lossless" : "fields.lossy")}` }))];

  return (
    <Panel
      title={t("fields.editTitle", { name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          {impact ? (
            <Button type="primary" danger={impact.change.operations.some((operation) => (operation.values_lost ?? 0) > 0)} loading={busy} onClick={() => apply(impact.operations)}>{impact.verb}</Button>
          ) : retyped ? (
            <Button type="primary" loading={busy} onClick={() => preview([{ kind: "retype_field", ...at, type: draft.type, config: configOf(draft) }], t("fields.retype"))}>{t("fields.checkImpact")}</Button>
          ) : (
            <Button type="primary" loading={busy} onClick={saveRules}>{t("action.save")}</Button>
          )}
        </>
      }
    >
      <div className={styles["pair"]}>
        <FormRow label={t("objects.labelZh")} required error={errors["label"]}>{({ id }) => <Input id={id} value={draft.zh} onChange={(event) => update({ zh: event.target.value })} />}</FormRow>
        <FormRow label={t("objects.labelEn")}>{({ id }) => <Input id={id} value={draft.en} onChange={(event) => update({ en: event.target.value })} />}</FormRow>
        <FormRow label={t("fields.required")}>{({ id }) => <span><Switch id={id} size="small" checked={draft.required} onChange={(required) => update({ required })} /></span>}</FormRow>
        <FormRow label={t("fields.unique")}>{({ id }) => <span><Switch id={id} size="small" checked={draft.unique} onChange={(unique) => update({ unique })} /></span>}</FormRow>
      </div>
      {!retyped && !field.system && <TypeConfig draft={draft} errors={errors} onChange={update} existing />}
      {conversions.length > 0 && (
        <section className={styles["zone"]}>
          <FormRow label={t("fields.retype")}>{({ id }) => <Choose id={id} value={draft.type} options={options} clearable={false} onPick={(next) => update({ type: String(next), config: next === field.type ? field.config : startConfig(String(next)) })} />}</FormRow>
          {retyped && <TypeConfig draft={draft} errors={errors} onChange={update} />}
        </section>
      )}
      {impact && <Impact change={impact.change} />}
      <section className={styles["zone"]}>
        <h3>{t("fields.remove")}</h3>
        <p className={styles["hint"]}>{t("fields.removeHint")}</p>
        <Button danger size="small" style={{ marginTop: 8 }} onClick={() => preview([{ kind: "remove_field", ...at }], t("fields.removeDo", { name }))}>{t("fields.checkImpact")}</Button>
      </section>
    </Panel>
  );
}
