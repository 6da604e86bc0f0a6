import { Button, Input } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { categories } from "@/tokens/theme";
import { FormRow } from "@/ui/FormRow";
import { ObjectIcon, objectIconNames } from "@/ui/icons";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { errorsByPart } from "./AddField";
import { codeFrom, useModelChanges } from "./changes";
import styles from "./Settings.module.css";

/** A new kind of record; it begins with a name and grows by fields. */
export function NewObject({ onClose, onMade }: { onClose: () => void; onMade: (object: string) => void }) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const changes = useModelChanges();
  const [draft, setDraft] = useState({ zh: "", en: "", plural: "", code: "", icon: "box", color: "blue" });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<typeof draft>) => setDraft((old) => ({ ...old, ...change }));
  const code = draft.code || (draft.zh || draft.en ? codeFrom(draft.en, catalog.data.objects.map((type) => type.api_name), "object") : "");

  const save = async () => {
    if (!draft.zh.trim() && !draft.en.trim()) return setErrors({ label: t("signIn.required") });
    setBusy(true);
    const zh = draft.zh || draft.en;
    const en = draft.en || draft.zh;
    // The name every object begins with, in both languages.
    const name = { api_name: "name", type: "text", label: { "zh-CN": "名称", en: "Name" }, required: true }; // strings-ok: stored labels, not interface text
    try {
      await changes.apply([{ kind: "create_object", api_name: code, label: { "zh-CN": zh, en }, label_plural: { "zh-CN": zh, en: draft.plural || en }, icon: draft.icon, color: draft.color, fields: [name] }]);
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
      <FormRow label={t("objects.labelZh")} required error={errors["label"]}>{({ id }) => <Input id={id} autoFocus value={draft.zh} onChange={(event) => set({ zh: event.target.value })} />}</FormRow>
      <div className={styles["pair"]}>
        <FormRow label={t("objects.labelEn")}>{({ id }) => <Input id={id} value={draft.en} onChange={(event) => set({ en: event.target.value })} />}</FormRow>
        <FormRow label={t("objects.pluralEn")}>{({ id }) => <Input id={id} value={draft.plural} onChange={(event) => set({ plural: event.target.value })} />}</FormRow>
      </div>
      <FormRow label={t("objects.code")} help={t("objects.codeHint")} error={errors["api_name"]}>{({ id }) => <Input id={id} value={code} onChange={(event) => set({ code: event.target.value })} />}</FormRow>
      <FormRow label={t("objects.icon")}>
        {() => (
          <div className={styles["icons"]} role="radiogroup" aria-label={t("objects.icon")}>
            {objectIconNames.map((icon) => <button key={icon} type="button" role="radio" aria-checked={draft.icon === icon} aria-label={icon} className={styles["icon"]} onClick={() => set({ icon })}><ObjectIcon name={icon} size={18} /></button>)}
          </div>
        )}
      </FormRow>
      <FormRow label={t("objects.color")}>
        {() => (
          <div className={styles["swatches"]} role="radiogroup" aria-label={t("objects.color")}>
            {categories.map((color) => <button key={color} type="button" role="radio" aria-checked={draft.color === color} aria-label={color} className={styles["swatch"]} style={{ background: `var(--cat-${color}-solid)` }} onClick={() => set({ color })} />)}
          </div>
        )}
      </FormRow>
    </Panel>
  );
}
