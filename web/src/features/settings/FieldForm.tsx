import { Input, Switch } from "antd";
import { useCatalog } from "@/api/catalog";
import type { FieldConfig } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { knownTypes, typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { categories } from "@/tokens/theme";
import { FormRow } from "@/ui/FormRow";
import { choicesFrom } from "./changes";
import styles from "./Settings.module.css";

export interface FieldDraft {
  zh: string;
  en: string;
  code: string;
  type: string;
  required: boolean;
  unique: boolean;
  choices: string;
  target: string | null;
  inverse: string;
  scale: string;
  pattern: string;
}

export const emptyDraft: FieldDraft = { zh: "", en: "", code: "", type: "text", required: false, unique: false, choices: "", target: null, inverse: "", scale: "2", pattern: "{YYYY}-{0000}" };

/** The configuration that belongs to the drafted type; members of other types are left out, for the API refuses them. */
export function configOf(draft: FieldDraft): FieldConfig {
  switch (draft.type) {
    case "single_choice":
    case "multiple_choice":
      return { choices: choicesFrom(draft.choices, categories) };
    case "relation":
      return { target: draft.target ?? "", inverse_label: { "zh-CN": draft.inverse || draft.zh, en: draft.inverse || draft.en || draft.zh } };
    case "number":
      return { scale: Number(draft.scale) || 0 };
    case "autonumber":
      return { pattern: draft.pattern };
    default:
      return {};
  }
}

export const labelOf = (draft: Pick<FieldDraft, "zh" | "en">) => ({ "zh-CN": draft.zh || draft.en, en: draft.en || draft.zh });

interface Props {
  draft: FieldDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<FieldDraft>) => void;
}

/** What only some types ask for. */
export function TypeConfig({ draft, errors, onChange }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  if (draft.type === "single_choice" || draft.type === "multiple_choice")
    return <FormRow label={t("fields.choices")} required error={errors["choices"]}>{({ id }) => <Input.TextArea id={id} autoSize={{ minRows: 3 }} value={draft.choices} onChange={(event) => onChange({ choices: event.target.value })} />}</FormRow>;
  if (draft.type === "relation")
    return (
      <>
        <FormRow label={t("fields.target")} required error={errors["target"]}>
          {({ id }) => <Choose id={id} value={draft.target} clearable={false} options={catalog.data.objects.map((type) => ({ value: type.api_name, text: say(type.label) }))} onPick={(target) => onChange({ target: target as string })} />}
        </FormRow>
        <FormRow label={t("fields.inverse")}>{({ id }) => <Input id={id} value={draft.inverse} onChange={(event) => onChange({ inverse: event.target.value })} />}</FormRow>
      </>
    );
  if (draft.type === "number") return <FormRow label={t("fields.scale")}>{({ id }) => <Input id={id} inputMode="numeric" value={draft.scale} onChange={(event) => onChange({ scale: event.target.value })} />}</FormRow>;
  if (draft.type === "autonumber") return <FormRow label={t("fields.pattern")}>{({ id }) => <Input id={id} value={draft.pattern} onChange={(event) => onChange({ pattern: event.target.value })} />}</FormRow>;
  return null;
}

/** The type list says each type in the person's words; only types both the server and this client know are offered. */
export function useTypeOptions() {
  const catalog = useCatalog();
  const { say } = useSpeech();
  return catalog.data.field_types.filter((type) => knownTypes.includes(type.key)).map((type) => {
    const { icon: Icon } = typeUi(type.key);
    const text = say(type.label);
    return { value: type.key, text, node: <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}><Icon size={14} aria-hidden />{text}</span> };
  });
}

export function FieldForm(props: Props) {
  const { draft, errors, onChange } = props;
  const { t, language } = useSpeech();
  const types = useTypeOptions();
  return (
    <>
      <div className={styles["pair"]}>
        {(language === "en" ? (["en", "zh"] as const) : (["zh", "en"] as const)).map((each, index) => (
          <FormRow key={each} label={t(each === "zh" ? "objects.labelZh" : "objects.labelEn")} required={index === 0} error={index === 0 ? errors["label"] : undefined}>
            {({ id }) => <Input id={id} autoFocus={index === 0} value={draft[each]} onChange={(event) => onChange({ [each]: event.target.value })} />}
          </FormRow>
        ))}
      </div>
      <FormRow label={t("fields.type")} required>{({ id }) => <Choose id={id} value={draft.type} options={types} clearable={false} onPick={(type) => onChange({ type: String(type) })} />}</FormRow>
      <TypeConfig {...props} />
      <FormRow label={t("objects.code")} help={t("objects.codeHint")} error={errors["api_name"]}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} value={draft.code} onChange={(event) => onChange({ code: event.target.value })} />}</FormRow>
      <div className={styles["pair"]}>
        <FormRow label={t("fields.required")}>{({ id }) => <span><Switch id={id} size="small" checked={draft.required} onChange={(required) => onChange({ required })} /></span>}</FormRow>
        <FormRow label={t("fields.unique")}>{({ id }) => <span><Switch id={id} size="small" checked={draft.unique} onChange={(unique) => onChange({ unique })} /></span>}</FormRow>
      </div>
    </>
  );
}
