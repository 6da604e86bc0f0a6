import { Button } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { Field, FieldConfig } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { FormRow } from "@/ui/FormRow";
import { explain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { errorsByPart } from "../errors";
import type { Designed, Impact, Operation } from "../model";
import { UsesOf } from "../usage/Uses";
import { configOf, emptyDraft, startConfig } from "./draft";
import { TypeConfig } from "./FieldForm";

interface Props {
  type: Designed;
  field: Field;
  onDone: () => void;
}

/** Asks what an operation would do, counted on the data; then puts it into the draft. */
function useAsked(onDone: () => void) {
  const { t } = useSpeech();
  const draft = useDraft();
  const [impact, setImpact] = useState<Impact | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (run: () => Promise<void>) => {
    setBusy(true);
    setErrors({});
    setRefusal(null);
    try {
      await run();
    } catch (error) {
      setErrors(errorsByPart(error));
      setRefusal(explain(error, t));
    }
    setBusy(false);
  };
  const ask = (operation: Operation) => void attempt(async () => {
    const found = await api.post<{ operations: Impact[] }>("/metadata/changes", { operations: [...(draft.set?.operations ?? []), operation], dry_run: true });
    setImpact(found.operations.at(-1) ?? null);
  });
  const put = (operation: Operation) => void attempt(async () => { await draft.edit(operation); onDone(); });
  return { impact, errors, refusal, busy, ask, put, forget: () => setImpact(null) };
}

function Told({ impact }: { impact: Impact }) {
  const { t } = useSpeech();
  return (
    <div className={cx(styles["impact"], impact.values_lost > 0 && styles["warn"])} role="status" data-testid="impact">
      <h3>{t("fields.impact")}</h3>
      {impact.rows_affected > 0 && <p>{t("fields.impactRows", { n: impact.rows_affected })}</p>}
      <p><strong>{impact.values_lost > 0 ? t("fields.impactLost", { n: impact.values_lost }) : t("fields.impactNone")}</strong></p>
    </div>
  );
}

/** Another type for the same field, after its losses were counted. */
export function Retype({ type, field, onDone }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const asked = useAsked(onDone);
  const [next, setNext] = useState<{ type: string; config: FieldConfig } | null>(null);
  const conversions = Object.entries(catalog.fieldType(field.type)?.conversions ?? {});
  if (conversions.length === 0) return null;
  const options = [{ value: field.type, text: t("fields.retypeKeep") }, ...conversions.map(([key, loss]) => ({ value: key, text: `${say(catalog.fieldType(key)?.label)} \u00b7 ${t(loss === "lossless" ? "fields.lossless" : "fields.lossy")}` }))];
  const draft = next && { ...emptyDraft, zh: field.label["zh-CN"] ?? "", en: field.label["en"] ?? "", ...next };
  const operation = draft && { kind: "retype_field", object: type.api_name, field: field.api_name, type: draft.type, config: configOf(draft) };
  const pick = (chosen: string) => {
    asked.forget();
    setNext(chosen === field.type ? null : { type: chosen, config: startConfig(chosen) });
  };
  return (
    <section className={styles["zone"]}>
      <FormRow label={t("fields.retype")}>{({ id }) => <Choose id={id} value={next?.type ?? field.type} options={options} clearable={false} onPick={(chosen) => pick(String(chosen))} />}</FormRow>
      {draft && operation && (
        <>
          <TypeConfig draft={draft} errors={asked.errors} onChange={(change) => { asked.forget(); if (change.config) setNext({ type: draft.type, config: change.config }); }} />
          {asked.impact && <Told impact={asked.impact} />}
          {asked.refusal && <p role="alert" className={styles["lost"]}>{asked.refusal}</p>}
          {asked.impact
            ? <Button size="small" type="primary" danger={asked.impact.values_lost > 0} loading={asked.busy} onClick={() => asked.put(operation)}>{t("fields.retypeDo")}</Button>
            : <Button size="small" loading={asked.busy} onClick={() => asked.ask(operation)}>{t("fields.retypeCheck")}</Button>}
        </>
      )}
    </section>
  );
}

/** Removal, after what it takes along was shown. */
export function RemoveZone({ type, field, onDone }: Props) {
  const { t, say } = useSpeech();
  const asked = useAsked(onDone);
  const operation = { kind: "remove_field", object: type.api_name, field: field.api_name };
  return (
    <section className={styles["zone"]}>
      <h3>{t("fields.remove")}</h3>
      <p className={styles["hint"]}>{t("fields.removeHint")}</p>
      {asked.impact && <Told impact={asked.impact} />}
      {asked.refusal && <p role="alert" className={styles["lost"]}>{asked.refusal}</p>}
      {(asked.impact ?? asked.refusal) && <UsesOf object={type.api_name} field={field.api_name} />}
      {asked.impact
        ? <Button danger size="small" type="primary" loading={asked.busy} onClick={() => asked.put(operation)}>{t("fields.removeDo", { name: say(field.label) })}</Button>
        : <Button danger size="small" loading={asked.busy} onClick={() => asked.ask(operation)}>{t("fields.removeCheck")}</Button>}
    </section>
  );
}
