import { useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import type { Role, RoleHead } from "@/api/access";
import { api, ProblemError } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { accessKeys } from "../access/read";
import { codeFrom } from "@/ui/codes";
import settings from "../Settings.module.css";

interface Props {
  roles: RoleHead[];
  onClose: () => void;
  onMade: (key: string) => void;
}

/** A role begins empty or as the copy of another; administrative powers are never copied in silence. */
export function NewRole({ roles, onClose, onMade }: Props) {
  const { t, say, language } = useSpeech();
  const client = useQueryClient();
  const [draft, setDraft] = useState({ zh: "", en: "", code: "", from: null as string | null });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<typeof draft>) => setDraft((old) => ({ ...old, ...change }));
  const key = draft.code || (draft.zh || draft.en ? codeFrom(draft.en, roles.map((role) => role.key), "role") : "");
  const save = async () => {
    if (!draft.zh.trim() && !draft.en.trim()) return setErrors({ label: t("signIn.required") });
    setBusy(true);
    try {
      const from = draft.from ? await api.get<Role>(`/roles/${draft.from}`) : null;
      const label = { "zh-CN": draft.zh || draft.en, en: draft.en || draft.zh };
      await api.post("/roles", { key, label, grants: from?.grants ?? {}, fields: from?.fields ?? {} });
      await client.invalidateQueries({ queryKey: accessKeys.roles, exact: true });
      onMade(key);
    } catch (error) {
      setErrors(error instanceof ProblemError ? (error.code === "role_key_taken" ? { key: error.message } : error.fields) : {});
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel title={t("roles.new")} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} onClick={() => void save()}>{t("action.create")}</Button></>}>
      <div className={settings["pair"]}>
        {(language === "en" ? (["en", "zh"] as const) : (["zh", "en"] as const)).map((each, index) => (
          <FormRow key={each} label={t(each === "zh" ? "objects.labelZh" : "objects.labelEn")} error={index === 0 ? errors["label"] : undefined}>
            {({ id }) => <Input id={id} autoFocus={index === 0} value={draft[each]} onChange={(event) => set({ [each]: event.target.value })} />}
          </FormRow>
        ))}
      </div>
      <FormRow label={t("roles.start")}>
        {({ id }) => <Choose id={id} label={t("roles.start")} placeholder={t("roles.startNone")} value={draft.from} options={roles.map((role) => ({ value: role.key, text: say(role.label) }))} onPick={(from) => set({ from: from as string | null })} />}
      </FormRow>
      <FormRow label={t("roles.code")} help={t("roles.codeHint")} error={errors["key"]}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} value={key} onChange={(event) => set({ code: event.target.value })} />}</FormRow>
    </Panel>
  );
}
