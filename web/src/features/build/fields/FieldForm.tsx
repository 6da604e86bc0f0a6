import { Input } from "antd";
import { useCatalog } from "@/api/catalog";
import { SwitchRow } from "@/fields/parts/ConfigRows";
import { typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import styles from "../Build.module.css";
import { isGiven, startConfig, type FieldDraft } from "./draft";
import { TypePicker } from "./TypePicker";

export interface FormProps {
  draft: FieldDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<FieldDraft>) => void;
  existing?: boolean;
}

/** What only some types ask for: each type brings its own form. */
export function TypeConfig({ draft, errors, onChange, existing = false }: FormProps) {
  const { ConfigForm } = typeUi(draft.type);
  return ConfigForm ? <ConfigForm key={draft.type} config={draft.config} errors={errors} existing={existing} onChange={(config) => onChange({ config })} /> : null;
}

export function Labels({ draft, errors, onChange, existing = false }: FormProps) {
  const { t, language } = useSpeech();
  return (
    <div className={styles["pair"]}>
      {(language === "en" ? (["en", "zh"] as const) : (["zh", "en"] as const)).map((each, index) => (
        <FormRow key={each} label={t(each === "zh" ? "objects.labelZh" : "objects.labelEn")} required={index === 0} error={index === 0 ? errors["label"] : undefined}>
          {({ id }) => <Input id={id} autoFocus={index === 0 && !existing} maxLength={80} value={draft[each]} onChange={(event) => onChange({ [each]: event.target.value })} />}
        </FormRow>
      ))}
    </div>
  );
}

/** Whether a value must be there, may be there twice, is found by the search. */
export function Switches({ draft, onChange }: Pick<FormProps, "draft" | "onChange">) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const info = catalog.fieldType(draft.type);
  if (isGiven(draft.type)) return null;
  return (
    <div className={styles["switches"]}>
      <SwitchRow label={t("fields.required")} value={draft.required} onChange={(required) => onChange({ required })} />
      {info?.uniqueable !== false && <SwitchRow label={t("fields.unique")} value={draft.unique} onChange={(unique) => onChange({ unique })} />}
      {info?.searchable !== false && <SwitchRow label={t("setting.searchable")} value={draft.searchable} onChange={(searchable) => onChange({ searchable })} />}
      <SwitchRow label={t("setting.indexed")} value={draft.indexed} onChange={(indexed) => onChange({ indexed })} />
    </div>
  );
}

/** A new field: name, type, what the type asks; the rest can wait. */
export function FieldForm(props: FormProps) {
  const { draft, errors, onChange } = props;
  const { t } = useSpeech();
  return (
    <>
      <Labels {...props} />
      <TypePicker value={draft.type} onPick={(type) => onChange({ type, config: startConfig(type) })} />
      <TypeConfig {...props} />
      <FormRow label={t("objects.code")} help={t("objects.codeHint")} error={errors["api_name"]}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} value={draft.code} onChange={(event) => onChange({ code: event.target.value })} />}</FormRow>
      <Switches draft={draft} onChange={onChange} />
    </>
  );
}
