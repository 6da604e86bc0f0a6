import { Button } from "antd";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { DesignContext } from "@/fields/parts/design";
import { missingConfig } from "@/fields/registry";
import { useSpeech } from "@/messages";
import "@/messages/designers";
import { codeFrom } from "@/ui/codes";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { errorsByPart } from "../errors";
import { useRefreshModel, useRevert } from "../history/revert";
import { addition, emptyDraft, labelOf, type FieldDraft } from "./draft";
import { FieldForm } from "./FieldForm";

interface Props {
  type: ObjectType;
  note: string;
  onClose: () => void;
  /** Adds the field; what it throws is shown beside the rows it is about. */
  onAdd: (field: Record<string, unknown> & { api_name: string }, label: string) => Promise<void>;
}

function AddPanel({ type, note, onClose, onAdd }: Props) {
  const { t, say } = useSpeech();
  const [draft, setDraft] = useState<FieldDraft>(emptyDraft);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const suggested = codeFrom(draft.en || draft.zh, type.fields.map((field) => field.api_name), "field");
  const shown = draft.code || (draft.zh || draft.en ? suggested : "");
  const save = async () => {
    if (!draft.zh.trim() && !draft.en.trim()) return setErrors({ label: t("signIn.required") });
    const missing = missingConfig(draft.type, draft.config);
    if (missing) return setErrors({ [missing]: t("signIn.required") });
    setBusy(true);
    setErrors({});
    const code = draft.code || suggested;
    try {
      await onAdd({ ...addition(draft, code), api_name: code }, say(labelOf(draft)));
      onClose();
    } catch (error) {
      const beside = errorsByPart(error);
      setErrors(beside);
      // The editor of a formula says itself what is wrong, and where.
      if (!beside["formula"]) complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t("fields.addTo", { label: say(type.label) })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>{t("fields.add")}</Button>
        </>
      }
    >
      <FieldForm draft={{ ...draft, code: shown }} errors={errors} onChange={(change) => { setDraft((old) => ({ ...old, ...change })); setErrors({}); }} />
      <p className={styles["hint"]}>{note}</p>
    </Panel>
  );
}

/** A new field in half a minute, in the draft. */
export function AddField({ type, onClose }: { type: ObjectType; onClose: () => void }) {
  const { t } = useSpeech();
  const { edit } = useDraft();
  return <AddPanel type={type} note={t("draft.inDraft")} onClose={onClose} onAdd={(field) => edit({ kind: "add_field", object: type.api_name, field })} />;
}

/** The same from a list, where it is there at once: one field is a change of its own, and as easily undone. */
export function AddFieldNow({ type, onClose, onAdded }: { type: ObjectType; onClose: () => void; onAdded?: ((name: string) => void) | undefined }) {
  const { t } = useSpeech();
  const refresh = useRefreshModel();
  const revert = useRevert();
  const place = useMemo(() => ({ object: type.api_name, changeSet: null, stands: () => true }), [type.api_name]);
  const add = async (field: Record<string, unknown> & { api_name: string }, label: string) => {
    const change = await api.post<{ id: string }>("/metadata/changes", { operations: [{ kind: "add_field", object: type.api_name, field }], dry_run: false });
    await refresh();
    toast(t("fields.added", { name: label }), { action: { label: t("action.undo"), run: () => void revert(change.id) } });
    onAdded?.(field.api_name);
  };
  return <DesignContext value={place}><AddPanel type={type} note={t(onAdded ? "fields.addToList" : "fields.addToView")} onClose={onClose} onAdd={add} /></DesignContext>;
}
