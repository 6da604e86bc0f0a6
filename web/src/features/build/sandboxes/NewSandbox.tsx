import { useQueryClient } from "@tanstack/react-query";
import { Button, Input, Radio } from "antd";
import { useState } from "react";
import { ProblemError } from "@/api/client";
import { WholeRow } from "@/fields/parts/ConfigRows";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "../Build.module.css";
import { MOST_ROWS, sandboxApi, sandboxKeys } from "./api";

/** A name, and whether records come along; the copy is made while one waits. */
export function NewSandbox({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [sample, setSample] = useState(false);
  const [rows, setRows] = useState<number | null>(20);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const wrong: Record<string, string> = {};
    if (!name.trim()) wrong["name"] = t("signIn.required");
    if (sample && (!rows || rows > MOST_ROWS)) wrong["rows"] = t("sandboxes.rowsRange", { most: MOST_ROWS });
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    try {
      const made = await sandboxApi.make(name.trim(), sample ? (rows ?? 0) : 0);
      await client.invalidateQueries({ queryKey: sandboxKeys.list });
      toast(t("sandboxes.made", { name: made.name }));
      onClose();
    } catch (error) {
      setErrors(error instanceof ProblemError ? error.fields : {});
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel title={t("sandboxes.new")} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} onClick={() => void save()}>{t("sandboxes.make")}</Button></>}>
      <FormRow label={t("sandboxes.name")} required error={errors["name"]}>{({ id, describedBy, invalid }) => <Input id={id} aria-describedby={describedBy} aria-invalid={invalid} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
      <FormRow label={t("sandboxes.holds")} help={t(sample ? "sandboxes.sampleHelp" : "sandboxes.structureHelp")}>{({ id, describedBy }) => (
        <Radio.Group id={id} aria-describedby={describedBy} aria-label={t("sandboxes.holds")} value={sample} onChange={(event) => setSample(event.target.value === true)} options={[{ value: false, label: t("sandboxes.structure") }, { value: true, label: t("sandboxes.sample") }]} />
      )}</FormRow>
      {sample && <WholeRow label={t("sandboxes.rows")} help={t("sandboxes.rowsHelp", { most: MOST_ROWS })} error={errors["rows"]} value={rows} onChange={setRows} />}
      <p className={styles["hint"]} role="status">{t(busy ? "sandboxes.making" : "sandboxes.takes")}</p>
    </Panel>
  );
}
