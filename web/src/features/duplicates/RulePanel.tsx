import { Button, Input } from "antd";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { PrincipalPicker, principalKey, principalOf } from "@/features/base/principals";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { Panel } from "@/ui/Panel";
import styles from "./Duplicates.module.css";
import { ACTIONS, WAYS, type Part, type Rule } from "./rules";

const COMPARED = new Set(["text", "phone", "email", "url", "single_choice", "number", "date", "relation", "user", "barcode", "identifier", "autonumber"]);

/** Fields of an object that can be compared. */
function useFields() {
  const catalog = useCatalog();
  const { say } = useSpeech();
  return (object: string) => (catalog.object(object)?.fields ?? []).filter((field) => COMPARED.has(field.type)).map((field) => ({ value: field.api_name, text: say(field.label) }));
}

function PartRow({ part, object, against, onChange, onRemove }: { part: Part; object: string; against: string; onChange: (part: Part) => void; onRemove: (() => void) | undefined }) {
  const { t } = useSpeech();
  const fields = useFields();
  return (
    <div className={styles["part"]}>
      <Choose label={t("dup.way")} clearable={false} value={part.way} options={WAYS.map((way) => ({ value: way, text: t(`dup.way.${way}`) }))} onPick={(way) => onChange({ ...part, way: way as Part["way"] })} />
      <Choose label={t("dup.field")} clearable={false} value={part.field} options={fields(object)} onPick={(field) => onChange({ ...part, field: field as string })} />
      <Choose label={t("dup.ruleAgainst")} clearable={false} value={part.other} options={fields(against)} onPick={(other) => onChange({ ...part, other: other as string })} />
      {onRemove ? <IconButton label={t("dup.rulePartRemove")} onClick={onRemove}><X size={14} /></IconButton> : <span />}
    </div>
  );
}

interface Props {
  object: string;
  rule: Rule;
  onSave: (rule: Rule) => Promise<boolean>;
  onRemove?: (() => Promise<boolean>) | undefined;
  onClose: () => void;
}

/** One rule: what is compared with what, and what follows. */
export function RulePanel({ object, rule, onSave, onRemove, onClose }: Props) {
  const { t, say, language } = useSpeech();
  const catalog = useCatalog();
  const [draft, setDraft] = useState(rule);
  const set = (change: Partial<Rule>) => setDraft({ ...draft, ...change });
  const setPart = (index: number, part: Part | null) => set({ parts: draft.parts.flatMap((each, place) => (place === index ? (part ? [part] : []) : [each])) });
  const name = say(draft.label);
  const whole = name.trim() !== "" && draft.parts.every((part) => part.field && part.other);
  const close = (done: boolean) => done && onClose();
  const first = { way: "exact" as const, field: "", other: "" };
  return (
    <Panel
      wide
      title={t(onRemove ? "dup.ruleEdit" : "dup.ruleAdd")}
      onClose={onClose}
      footer={<>{onRemove && <Button danger onClick={() => void onRemove().then(close)}>{t("dup.ruleRemove")}</Button>}<Button type="primary" disabled={!whole} onClick={() => void onSave(draft).then(close)}>{t("action.save")}</Button></>}
    >
      <FormRow label={t("dup.ruleName")} required>{({ id }) => <Input id={id} maxLength={120} value={name} onChange={(event) => set({ label: { ...draft.label, [language]: event.target.value } })} />}</FormRow>
      <FormRow label={t("dup.ruleAction")}>{({ id }) => <Choose id={id} clearable={false} value={draft.action} options={ACTIONS.map((action) => ({ value: action, text: t(`dup.action.${action}`) }))} onPick={(action) => set({ action: action as Rule["action"] })} />}</FormRow>
      <FormRow label={t("dup.ruleAgainst")}>{({ id }) => <Choose id={id} clearable={false} value={draft.against} options={catalog.data.objects.map((type) => ({ value: type.api_name, text: say(type.label) }))} onPick={(against) => set({ against: against as string, parts: draft.parts.map((part) => ({ ...part, other: "" })) })} />}</FormRow>
      <FormRow label={t("dup.ruleParts")}>
        {() => (
          <div>
            {draft.parts.map((part, index) => <PartRow key={index} part={part} object={object} against={draft.against} onChange={(next) => setPart(index, next)} onRemove={draft.parts.length > 1 ? () => setPart(index, null) : undefined} />)}
            {draft.parts.length < 5 && <Button size="small" icon={<Plus size={13} />} onClick={() => set({ parts: [...draft.parts, first] })}>{t("dup.rulePartAdd")}</Button>}
          </div>
        )}
      </FormRow>
      <FormRow label={t("dup.ruleExempt")}>{() => <PrincipalPicker kinds={["user", "department", "group"]} value={draft.exempt.map((key) => principalOf(key, null))} onChange={(chosen) => set({ exempt: chosen.map(principalKey) })} />}</FormRow>
    </Panel>
  );
}
