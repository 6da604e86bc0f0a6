import { Button } from "antd";
import { useState } from "react";
import { FormulaEditor } from "@/fields/formula/editor/FormulaEditor";
import { LocalizedRows, PickRow, SwitchRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { codeFrom } from "@/ui/codes";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { errorsByPart } from "../errors";
import { kept, type Designed, type Rule } from "../model";

interface Props {
  type: Designed;
  rule: Rule | null;
  onClose: () => void;
  onSave: (rule: Rule) => Promise<void>;
}

const RECORD = "-record-";

/** When a record is refused, what is said then, and where. */
export function RulePanel({ type, rule, onClose, onSave }: Props) {
  const { t, say } = useSpeech();
  const [draft, setDraft] = useState<Rule>(rule ?? { key: "", error_when: "", message: {}, field: null, active: true, held: false });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Rule>) => setDraft((old) => ({ ...old, ...change }));
  const places = [{ value: RECORD, text: t("validation.atRecord") }, ...type.fields.filter((field) => !field.system).map((field) => ({ value: field.api_name, text: say(field.label) }))];
  const save = async () => {
    const message = kept(draft.message);
    if (!draft.error_when.trim()) return setErrors({ error_when: t("signIn.required") });
    if (!message) return setErrors({ message: t("signIn.required") });
    setBusy(true);
    setErrors({});
    try {
      const key = draft.key || codeFrom(message["en"] ?? "", type.design.rules.map((each) => each.key), "rule");
      await onSave({ ...draft, message, key });
      onClose();
    } catch (error) {
      setErrors(errorsByPart(error));
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      wide
      title={rule ? t("validation.edit") : t("validation.add")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>{t("action.save")}</Button>
        </>
      }
    >
      <FormulaEditor label={t("validation.when")} help={t("validation.whenHelp")} required expect="boolean" value={draft.error_when} error={errors["error_when"]} onChange={(error_when) => set({ error_when })} />
      <div className={styles["pair"]}><LocalizedRows zh={t("validation.messageZh")} en={t("validation.messageEn")} value={draft.message} onChange={(message) => set({ message: message ?? {} })} /></div>
      {errors["message"] && <p role="alert" className={styles["lost"]}>{errors["message"]}</p>}
      <PickRow label={t("validation.place")} value={draft.field ?? RECORD} options={places} error={errors["field"]} onChange={(field) => set({ field: field === RECORD ? null : field })} />
      <SwitchRow label={t("validation.active")} value={draft.active} onChange={(active) => set({ active })} />
      <SwitchRow label={t("validation.held")} help={t("validation.heldHelp")} error={errors["held"]} value={draft.held} onChange={(held) => set({ held })} />
    </Panel>
  );
}
