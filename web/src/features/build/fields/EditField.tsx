import { Button, Input } from "antd";
import { useState } from "react";
import type { Field } from "@/api/types";
import { LocalizedRows } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { errorsByPart } from "../errors";
import type { Designed } from "../model";
import { UsesOfField } from "../usage/Uses";
import { ConditionRow } from "./Condition";
import { DefaultRow } from "./DefaultRow";
import { changesOf, draftOf, isGiven, type FieldDraft } from "./draft";
import { Labels, Switches, TypeConfig } from "./FieldForm";
import { RemoveZone, Retype } from "./Retype";

interface Props {
  type: Designed;
  field: Field;
  onClose: () => void;
}

function Help({ draft, onChange }: { draft: FieldDraft; onChange: (change: Partial<FieldDraft>) => void }) {
  const { t } = useSpeech();
  return (
    <>
      <div className={styles["pair"]}><LocalizedRows zh={t("fields.helpZh")} en={t("fields.helpEn")} value={draft.help} onChange={(help) => onChange({ help })} /></div>
      {!isGiven(draft.type) && <div className={styles["pair"]}><LocalizedRows zh={t("fields.placeholderZh")} en={t("fields.placeholderEn")} value={draft.placeholder} onChange={(placeholder) => onChange({ placeholder })} /></div>}
    </>
  );
}

function Conditions({ object, draft, errors, onChange }: { object: string; draft: FieldDraft; errors: Record<string, string>; onChange: (change: Partial<FieldDraft>) => void }) {
  const { t } = useSpeech();
  const names = isGiven(draft.type) ? (["visible_when"] as const) : (["visible_when", "required_when", "readonly_when"] as const);
  return <>{names.map((name) => <ConditionRow key={name} label={t(`setting.${name}`)} object={object} value={draft[name]} error={errors[name]} onChange={(filter) => onChange({ [name]: filter })} />)}</>;
}

/** Everything about one field. What is saved is an edit of the draft; what it does to the data is shown before it is published. */
export function EditField({ type, field, onClose }: Props) {
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const written = type.design.fields[field.api_name];
  const [before] = useState<FieldDraft | null>(written ? draftOf(field, written) : null);
  const [draft, setDraft] = useState(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  if (!draft || !before) return null;
  const name = say(field.label);
  const update = (change: Partial<FieldDraft>) => setDraft((old) => old && { ...old, ...change });
  const save = async () => {
    const changes = changesOf(before, draft);
    if (Object.keys(changes).length === 0) return onClose();
    setBusy(true);
    setErrors({});
    try {
      await edit({ kind: "update_field", object: type.api_name, field: field.api_name, set: changes });
      onClose();
    } catch (error) {
      const beside = errorsByPart(error);
      setErrors(beside);
      // The editor of a formula says itself what is wrong, and where.
      if (!beside["formula"]) complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      wide
      title={t("fields.editTitle", { name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>{t("action.save")}</Button>
        </>
      }
    >
      <Labels existing draft={draft} errors={errors} onChange={update} />
      <Switches draft={draft} onChange={update} />
      <TypeConfig existing draft={draft} errors={errors} onChange={update} />
      <details className={styles["more"]}><summary>{t("fields.help")}</summary><Help draft={draft} onChange={update} /></details>
      {!isGiven(draft.type) && <details className={styles["more"]} open={draft.default !== null || draft.default_formula !== null}><summary>{t("setting.default")}</summary><DefaultRow field={field} draft={draft} errors={errors} onChange={update} /></details>}
      <details className={styles["more"]} open={Boolean(draft.visible_when ?? draft.required_when ?? draft.readonly_when)}><summary>{t("fields.conditions")}</summary><Conditions object={type.api_name} draft={draft} errors={errors} onChange={update} /></details>
      <details className={styles["more"]}><summary>{t("use.title")}</summary><UsesOfField object={type.api_name} field={field.api_name} choices={field.type.endsWith("_choice") ? (field.config.choices ?? []) : []} /></details>
      <FormRow label={t("objects.code")}>{({ id }) => <Input id={id} readOnly value={field.api_name} />}</FormRow>
      <Retype type={type} field={field} onDone={onClose} />
      <RemoveZone type={type} field={field} onDone={onClose} />
    </Panel>
  );
}
