import { useQuery } from "@tanstack/react-query";
import { Radio } from "antd";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { pipelineOf } from "@/features/base/stages";
import { canFill } from "../../board/needs";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { ASKED, PICKED_BY, type PartName, type Wish } from "./conversion";
import styles from "@/features/base/Pipelines.module.css";

interface Props {
  name: PartName;
  wish: Wish;
  mayMake: boolean;
  errors: Record<string, string>;
  onChange: (wish: Wish) => void;
}
interface Match {
  id?: string | null;
  name: string | null;
  owner: string | null;
}

/** Records that look like the one to be made; none where nobody can tell. */
function Alike({ name, wish, onPick }: { name: PartName; wish: Wish; onPick: (known: { id: string; label: string | null }) => void }) {
  const { t } = useSpeech();
  const alike = useQuery({
    queryKey: ["duplicates", "check", name, wish.values],
    retry: false,
    queryFn: () => api.post<{ matches: Match[] }>("/duplicates/check", { object: name, values: wish.values }).catch(() => ({ matches: [] })),
  });
  const found = alike.data?.matches ?? [];
  if (found.length === 0) return null;
  return (
    <div className={styles["alike"]} data-testid={`alike-${name}`}>
      <p>{t("pipelines.alike")}</p>
      <ul>{found.slice(0, 5).map((match, index) => <li key={match.id ?? index}><span>{match.name ?? "—"}{match.owner && <small> · {match.owner}</small>}</span>{match.id && <button type="button" onClick={() => onPick({ id: match.id ?? "", label: match.name })}>{t("pipelines.take")}</button>}</li>)}</ul>
    </div>
  );
}

/** One of what a lead becomes: its values, or which record it joins. */
export function ConvertPart({ name, wish, mayMake, errors, onChange }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const type = catalog.object(name);
  const picker = catalog.field(...PICKED_BY[name]);
  if (!type) return null;
  const label = say(type.label);
  const fields = ASKED[name].flatMap((each) => catalog.field(name, each) ?? []).filter(canFill);
  const set = (values: Wish["values"]) => onChange({ ...wish, values: { ...wish.values, ...values } });
  const Picker = picker && fieldUi(picker).Editor;
  const modes = [...(mayMake ? ["new" as const] : []), "known" as const, ...(name === "account" ? [] : ["none" as const])];
  return (
    <fieldset className={styles["part"]} data-testid={`convert-${name}`}>
      <legend>{label}</legend>
      <Radio.Group size="small" aria-label={label} value={wish.mode} options={modes.map((mode) => ({ value: mode, label: t(`pipelines.part.${mode}`) }))} optionType="button" onChange={(event) => onChange({ ...wish, mode: event.target.value as Wish["mode"] })} />
      {wish.mode === "new" && name !== "opportunity" && <Alike name={name} wish={wish} onPick={(known) => onChange({ ...wish, mode: "known", known })} />}
      {wish.mode === "new" && (
        <div className={styles["pair"]}>
          {fields.map((field) => {
            const { Editor } = fieldUi(field);
            return (
              <FormRow key={field.id} label={say(field.label)} required={field.required} error={errors[`/${name}/${field.api_name}`]}>
                {({ id, describedBy, invalid }) => <Editor id={id} describedBy={describedBy} invalid={invalid} field={field} value={wish.values[field.api_name] ?? (field.api_name === type.pipeline_field ? pipelineOf(type, wish.values)?.key : null) ?? null} onChange={(value) => set({ [field.api_name]: value })} />}
              </FormRow>
            );
          })}
        </div>
      )}
      {wish.mode === "known" && Picker && (
        <FormRow label={t("pipelines.which")} required error={errors[`/${name}/id`]}>
          {({ id, describedBy, invalid }) => <Picker id={id} describedBy={describedBy} invalid={invalid} field={{ ...picker, readonly: false }} value={wish.known} onChange={(value) => onChange({ ...wish, known: value as Wish["known"] })} />}
        </FormRow>
      )}
    </fieldset>
  );
}
