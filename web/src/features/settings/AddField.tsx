import { Button } from "antd";
import { useState } from "react";
import { ProblemError } from "@/api/client";
import type { ObjectType } from "@/api/types";
import { missingConfig } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { codeFrom, useModelChanges } from "./changes";
import { configOf, emptyDraft, FieldForm, labelOf, type FieldDraft } from "./FieldForm";

/** The part of a pointer by which the form finds its row: of /config/pattern and /operations/0/field/label the last. */
export function errorsByPart(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  if (error.code.endsWith("label_taken")) return { label: error.message };
  if (error.code.endsWith("name_taken")) return { api_name: error.message };
  return Object.fromEntries(
    error.errors.map((each) => {
      const parts = each.pointer.split("/").filter((part) => part && !/^\d+$/.test(part));
      const config = parts.indexOf("config");
      const known = config >= 0 ? parts[config + 1] : ["api_name", "label"].find((part) => parts.includes(part));
      return [known ?? parts.at(-1) ?? "", each.message];
    }),
  );
}

/** A new field in half a minute: name, type, done; it is in the list at once. */
export function AddField({ type, onClose, onAdded }: { type: ObjectType; onClose: () => void; onAdded?: ((name: string) => void) | undefined }) {
  const { t, say } = useSpeech();
  const changes = useModelChanges();
  const [draft, setDraft] = useState<FieldDraft>(emptyDraft);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const taken = type.fields.map((field) => field.api_name);
  const suggested = codeFrom(draft.en || draft.zh, taken, "field");
  const shown = draft.code || (draft.zh || draft.en ? suggested : "");

  const save = async () => {
    if (!draft.zh.trim() && !draft.en.trim()) return setErrors({ label: t("signIn.required") });
    const config = configOf(draft);
    const missing = missingConfig(draft.type, config);
    if (missing) return setErrors({ [missing]: t("signIn.required") });
    setBusy(true);
    setErrors({});
    const field = { api_name: draft.code || suggested, type: draft.type, label: labelOf(draft), required: draft.required, unique: draft.unique, config };
    try {
      const change = await changes.apply([{ kind: "add_field", object: type.api_name, field }]);
      toast(t("fields.added", { name: say(field.label) }), { action: { label: t("action.undo"), run: () => void changes.revert(change.id).catch((error: unknown) => complain(error, t)) } });
      onAdded?.(field.api_name);
      onClose();
    } catch (error) {
      setErrors(errorsByPart(error));
      complain(error, t);
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
      <FieldForm draft={{ ...draft, code: shown }} errors={errors} onChange={(change) => setDraft((old) => ({ ...old, ...change }))} />
      <p style={{ color: "var(--muted)", fontSize: 12 }}>{t(onAdded ? "fields.addToList" : "fields.addToView")}</p>
    </Panel>
  );
}
