import { Button, Input } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { codeFrom } from "@/ui/codes";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { errorsByPart } from "../errors";
import { bothLanguages } from "../model";
import { FacePicker } from "./Face";

/** A new kind of record; it begins with a name and grows by fields. */
export function NewObject({ onClose, onMade }: { onClose: () => void; onMade: (object: string) => void }) {
  const catalog = useCatalog();
  const { t, language } = useSpeech();
  const { edit } = useDraft();
  const [draft, setDraft] = useState({ zh: "", en: "", plural: "", code: "", icon: "box", color: "blue" });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<typeof draft>) => setDraft((old) => ({ ...old, ...change }));
  const code = draft.code || (draft.zh || draft.en ? codeFrom(draft.en, catalog.data.objects.map((type) => type.api_name), "object") : "");

  const save = async () => {
    if (!draft.zh.trim() && !draft.en.trim()) return setErrors({ label: t("signIn.required") });
    setBusy(true);
    // The name every object begins with, in both languages.
    const name = { api_name: "name", type: "text", label: { "zh-CN": "名称", en: "Name" }, required: true, searchable: true, indexed: true }; // strings-ok: stored labels, not interface text
    try {
      await edit({ kind: "create_object", api_name: code, label: bothLanguages(draft.zh, draft.en), label_plural: bothLanguages(draft.zh, draft.plural || draft.en), icon: draft.icon, color: draft.color, fields: [name] });
      onMade(code);
    } catch (error) {
      setErrors(errorsByPart(error));
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t("objects.new")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>{t("objects.new")}</Button>
        </>
      }
    >
      <p className={styles["hint"]} style={{ marginBottom: 16 }}>{t("objects.newHint")}</p>
      {(language === "en" ? (["en", "zh"] as const) : (["zh", "en"] as const)).map((each, index) => (
        <FormRow key={each} label={t(each === "zh" ? "objects.labelZh" : "objects.labelEn")} required={index === 0} error={index === 0 ? errors["label"] : undefined}>
          {({ id }) => <Input id={id} autoFocus={index === 0} value={draft[each]} onChange={(event) => set({ [each]: event.target.value })} />}
        </FormRow>
      ))}
      <FormRow label={t("objects.pluralEn")}>{({ id }) => <Input id={id} value={draft.plural} onChange={(event) => set({ plural: event.target.value })} />}</FormRow>
      <FormRow label={t("objects.code")} help={t("objects.codeHint")} error={errors["api_name"]}>{({ id }) => <Input id={id} value={code} onChange={(event) => set({ code: event.target.value })} />}</FormRow>
      <FacePicker icon={draft.icon} color={draft.color} onChange={set} />
    </Panel>
  );
}
