import { Button } from "antd";
import { useState } from "react";
import type { Choice, Field, ObjectType, RecordData } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { useWrites, type Values } from "@/features/base/write";
import { canFill, needsOf } from "../../board/needs";
import { placed } from "../../form/problems";
import { narrowed } from "../../form/rules";
import { useScopeOf } from "../../form/useScope";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { explain } from "@/ui/says";
import styles from "@/features/base/Pipelines.module.css";
import "@/features/base/pipelineWords";

/** What one is asked when a deal ends, beside what its stage needs. */
const BESIDE: Record<string, string[]> = { won: ["won_amount", "close_date", "win_reason"], lost: ["loss_reason", "lost_to", "rivals"] };

interface Props {
  type: ObjectType;
  record: RecordData;
  field: Field;
  choice: Choice;
  onClose: () => void;
}

function usual(field: Field, record: RecordData): unknown {
  if (field.api_name === "won_amount") return record["amount"] ?? null;
  return null;
}

/** A move that needs something said: what is missing for the stage; how it was won, or why it was lost. */
export function MovePanel({ type, record, field, choice, onClose }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const writes = useWrites(type.api_name);
  const scopeOf = useScopeOf(type);
  const [typed, setTyped] = useState<Values>({});
  const [asked, setAsked] = useState<string[]>([]);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const target = { ...record, [field.api_name]: choice.key };
  const scope = scopeOf({ ...target, ...typed });
  const missing = needsOf(type, scopeOf(target));
  const beside = (BESIDE[choice.category ?? ""] ?? []).flatMap((name) => catalog.field(type.api_name, name) ?? []).filter(canFill);
  const more = asked.flatMap((name) => catalog.field(type.api_name, name) ?? []);
  const fields = [...new Map([...missing, ...beside, ...more].map((each) => [each.api_name, each])).values()];
  const name = say(choice.label);
  const value = (each: Field) => (each.api_name in typed ? typed[each.api_name] : (record[each.api_name] ?? usual(each, record)));
  const save = async () => {
    setBusy(true);
    const said = Object.fromEntries(fields.flatMap((each) => (isEmptyValue(value(each)) || (!(each.api_name in typed) && record[each.api_name] === value(each)) ? [] : [[each.api_name, value(each)]])));
    try {
      await writes.patch(record, { [field.api_name]: choice.key, ...said }, { said: t("record.moved", { name }), quiet: true });
      onClose();
    } catch (error) {
      const found = placed(error, (each) => Boolean(catalog.field(type.api_name, each)), explain(error, t));
      const { [field.api_name]: stage, ...rest } = found.fields;
      setErrors(rest);
      setRefused([...found.record, ...(stage ? [stage] : [])]);
      setAsked(Object.keys(rest));
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t("pipelines.moveTo", { name })}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} onClick={() => void save()}>{t("pipelines.move")}</Button></>}
    >
      {missing.length > 0 && <p className={styles["hint"]}>{t("pipelines.needs", { name })}</p>}
      {refused.map((reason) => <p key={reason} role="alert" className={styles["refused"]}>{reason}</p>)}
      {fields.map((each, index) => {
        const { Editor } = fieldUi(each);
        const needed = missing.includes(each);
        return (
          <FormRow key={each.id} label={say(each.label)} required={needed} error={errors[each.api_name]}>
            {({ id, describedBy, invalid }) => <Editor id={id} describedBy={describedBy} invalid={invalid} autoFocus={index === 0} field={narrowed({ ...each, required: needed }, scope.values)} value={value(each) ?? null} onChange={(next) => setTyped((old) => ({ ...old, [each.api_name]: next }))} />}
          </FormRow>
        );
      })}
    </Panel>
  );
}
