import { Input, Switch } from "antd";
import { useCatalog } from "@/api/catalog";
import type { FieldConfig } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { finishedConfig, knownTypes, typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import styles from "./Settings.module.css";

export interface FieldDraft {
  zh: string;
  en: string;
  code: string;
  type: string;
  required: boolean;
  unique: boolean;
  config: FieldConfig;
}

export const startConfig = (type: string): FieldConfig => typeUi(type).startConfig ?? {};
export const emptyDraft: FieldDraft = { zh: "", en: "", code: "", type: "text", required: false, unique: false, config: startConfig("text") };
export const labelOf = (draft: Pick<FieldDraft, "zh" | "en">) => ({ "zh-CN": draft.zh || draft.en, en: draft.en || draft.zh });
export const configOf = (draft: FieldDraft): FieldConfig => finishedConfig(draft.type, draft.config, labelOf(draft));

interface Props {
  draft: FieldDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<FieldDraft>) => void;
  existing?: boolean;
}

/** What only some types ask for: each type brings its own form. */
export function TypeConfig({ draft, errors, onChange, existing = false }: Props) {
  const { ConfigForm } = typeUi(draft.type);
  return ConfigForm ? <ConfigForm key={draft.type} config={draft.config} errors={errors} existing={existing} onChange={(config) => onChange({ config })} /> : null;
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
      <FormRow label={t("fields.type")} required>{({ id }) => <Choose id={id} value={draft.type} options={types} clearable={false} onPick={(type) => onChange({ type: String(type), config: startConfig(String(type)) })} />}</FormRow>
      <TypeConfig {...props} />
      <FormRow label={t("objects.code")} help={t("objects.codeHint")} error={errors["api_name"]}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} value={draft.code} onChange={(event) => onChange({ code: event.target.value })} />}</FormRow>
      <div className={styles["pair"]}>
        <FormRow label={t("fields.required")}>{({ id }) => <span><Switch id={id} size="small" checked={draft.required} onChange={(required) => onChange({ required })} /></span>}</FormRow>
        <FormRow label={t("fields.unique")}>{({ id }) => <span><Switch id={id} size="small" checked={draft.unique} onChange={(unique) => onChange({ unique })} /></span>}</FormRow>
      </div>
    </>
  );
}
